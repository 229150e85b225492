// IP addresses, UUIDs and URLs. undefined: it is none; null: only boot can tell.

function ipv4(text) {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9][0-9]{0,2})$/.test(octet) && Number(octet) < 256)) {
    return undefined;
  }
  return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

function ipv6(text) {
  const [address, ...scope] = text.split("%");
  if (scope.length > 1 || (scope.length === 1 && (scope[0] === "" || scope[0].includes("/")))) return undefined;
  let groups = address.split(":");
  if (groups.length < 3) return undefined;
  const last = groups.at(-1);
  if (last.includes(".")) {
    const inner = ipv4(last);
    if (inner === undefined) return undefined;
    groups = [...groups.slice(0, -1), (inner >> 16n).toString(16), (inner & 0xffffn).toString(16)];
  }
  const gaps = groups.slice(1, -1).filter((group) => group === "").length;
  if (groups.length > 9 || gaps > 1) return undefined;
  const [head, tail] = gaps ? splitAt(groups, groups.indexOf("", 1)) : [groups, null];
  if (tail === null) {
    return groups.length === 8 && groups.every(isGroup) ? number(groups) : undefined;
  }
  const left = head.length === 1 && head[0] === "" ? [] : head;
  const right = tail.length === 1 && tail[0] === "" ? [] : tail;
  if (![...left, ...right].every(isGroup) || left.length + right.length > 7) return undefined;
  return number([...left, ...Array(8 - left.length - right.length).fill("0"), ...right]);
}

const isGroup = (group) => /^[0-9a-fA-F]{1,4}$/.test(group);
const splitAt = (list, index) => [list.slice(0, index), list.slice(index + 1)];
const number = (groups) => groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);

function isIp(text, version, kind) {
  if (!isAscii(text)) return null;
  const families = version === 4 ? [[ipv4, 32]] : version === 6 ? [[ipv6, 128]] : [[ipv4, 32], [ipv6, 128]];
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  for (const [parse, bits] of families) {
    const value = parse(address);
    if (value === undefined) continue;
    if (slash < 0) return true;
    if (kind === "address") return undefined;
    const mask = text.slice(slash + 1);
    if (!/^[0-9]+$/.test(mask)) return bits === 32 && mask.includes(".") ? null : undefined;
    if (Number(mask) > bits) return undefined;
    const host = value & ((1n << BigInt(bits - Number(mask))) - 1n);
    return kind === "network" && host !== 0n ? undefined : true;
  }
  return undefined;
}

function uuidOf(text) {
  const bare = /^urn:uuid:(.*)$/s.exec(text)?.[1] ?? /^\{(.*)\}$/s.exec(text)?.[1];
  const hyphened = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  if (bare !== undefined) return hyphened.test(bare) ? bare.replaceAll("-", "") : undefined;
  if (hyphened.test(text)) return text.replaceAll("-", "");
  return /^[0-9a-f]{32}$/i.test(text) ? text : undefined;
}

const SPECIAL = { http: 80, https: 443, ws: 80, wss: 443, ftp: 21, file: null };
const HOST = /^(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*$/i;

// Surely a URL (true), surely none ("why"), or null. `many`: several hosts, with commas between them.
function isUrl(text, schema, many) {
  if (schema.max_length !== undefined && [...text].length > schema.max_length) {
    return `URL should have at most ${schema.max_length} characters`;
  }
  if (text === "") return "should be a valid URL, input is empty";
  const found = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text);
  if (!found) return /^[!-~]+$/.test(text) && !/^[a-z]/i.test(text) && !text.includes(":")
    ? "should be a valid URL, relative URL without a base"
    : /^[!-~]*$/.test(text) && !text.includes(":") ? "should be a valid URL, relative URL without a base" : null;
  const scheme = found[1].toLowerCase();
  if (!/^[!-~]+$/.test(text)) return null;
  if (schema.allowed_schemes && !schema.allowed_schemes.includes(scheme)) {
    // a text like localhost:5432 has a scheme as well, in the eyes of the standard
    return found[2] === "" && scheme in SPECIAL ? null : `URL scheme should be ${schema.allowed_schemes.join(", ")}`;
  }
  const parts = /^\/\/(?:([^/?#@[\]\\]*)@)?([^/?#@\\]*)([/?#][^\\]*)?$/.exec(found[2]);
  if (!parts) return null;
  const [, user, hosts] = parts;
  if (user !== undefined && !/^[\w.~!$&'()*+,;=%-]*(:[\w.~!$&'()*+,;=%-]*)?$/.test(user)) return null;
  if (many && user?.includes(",")) return null;
  if (user !== undefined && /%(?![0-9a-f]{2})/i.test(user)) return null;
  if (hosts === "") {
    const needed = schema.host_required && !schema.default_host && !(scheme in SPECIAL);
    return needed ? "should be a valid URL, empty host" : null;
  }
  const list = many ? hosts.split(",") : [hosts];
  const verdicts = list.map((host) => isHost(host));
  return verdicts.includes(null) ? null : verdicts.find((verdict) => verdict !== true) ?? true;
}

function isHost(text) {
  const found = /^(\[[0-9a-f:.]+\]|[^:[\]]*)(?::([0-9]*))?$/i.exec(text);
  if (!found) return /^[\w.-]+:[^:@]*[^:@0-9][^:@]*$/.test(text) ? "should be a valid URL, invalid port number" : null;
  const [, host, port] = found;
  if (port !== undefined && port !== "" && Number(port) > 65535) return "should be a valid URL, invalid port number";
  if (host.startsWith("[")) {
    return ipv6(host.slice(1, -1)) === undefined ? "should be a valid URL, invalid IPv6 address" : true;
  }
  if (!HOST.test(host)) return null;
  const last = host.split(".").at(-1);
  if (/^[0-9]+$|^0x/i.test(last)) return ipv4(host) === undefined ? null : true;
  if (/(^|\.)xn--/i.test(host)) return null;
  return true;
}
