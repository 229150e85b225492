// How a variable is set on each platform, ready to copy, by the same rules as `confcontract export`. A secret is never
// written down: its text names the file, or the key of the Secret, that holds it.

const anyVisible = (text) => text.replace(/[^\P{C}\n\r\t]/gu, (each) => {
  const number = each.codePointAt(0);
  if (number < 0x80) return `\\x${number.toString(16).padStart(2, "0")}`;
  return number < 0x10000 ? `\\u${number.toString(16).padStart(4, "0")}` : `\\U${number.toString(16).padStart(8, "0")}`;
});
const QUOTED_AS = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const inQuotes = (text) => `"${anyVisible(text.replace(/[\\"\n\r\t]/g, (each) => QUOTED_AS[each]))}"`;
// A key of YAML; a name that a platform would take for something else is in quotes.
const yamlKey = (name) => (/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(name)
  ? name : inQuotes(name));

const fileOfSecret = (name) => (/^[A-Za-z0-9._@-]+$/.test(name) ? name : null);

// [title, text] for each platform; a text is null where the platform has no such names.
function onPlatforms(application, name, value, isSecret) {
  const key = yamlKey(name);
  const file = fileOfSecret(name);
  const secret = application.toLowerCase().replace(/[^a-z0-9-]+/g, "-").replace(/^-+|-+$/g, "") || "application";
  const fromSecret = `env:\n  - name: ${key}\n    valueFrom:\n      secretKeyRef:\n        name: ${secret}\n        key: ${key}`;
  const created = `kubectl create secret generic ${secret} --from-file=${name}=FILE`;
  if (isSecret) {
    return [
      ["Compose", file && `services:\n  ${secret}:\n    secrets: [${key}]\nsecrets:\n  ${key}:\n    file: ./secrets/${name}`],
      ["Kubernetes", file && `# ${created}\n${fromSecret}`],
      ["Helm", file && `# ${created}\nsecret:\n  name: ${secret}`],
      ["systemd", file && `[Service]\nLoadCredential=${name}:/etc/${secret}/secrets/${name}`],
    ];
  }
  const inUnits = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
  const assigned = inQuotes(`${name}=${value}`).replaceAll("%", "%%");
  return [
    ["Compose", `environment:\n  ${key}: ${inQuotes(value.replaceAll("$", "$$$$"))}`],
    ["Kubernetes", `env:\n  - name: ${key}\n    value: ${inQuotes(value.replaceAll("$(", "$$$$("))}`],
    ["Helm", `config:\n  ${key}: ${inQuotes(value)}`],
    ["systemd", inUnits ? `[Service]\nEnvironment=${assigned}` : null],
  ];
}
