// What the theme leaves without a name, or out of a keyboard's reach.
document$.subscribe(() => {
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
  for (const [at, bar] of document.querySelectorAll(".md-code__nav").entries()) {
    bar.setAttribute("aria-label", `Code block ${at + 1}`);
  }
  for (const [at, wide] of document.querySelectorAll(".md-typeset__scrollwrap").entries()) {
    wide.tabIndex = 0;
    wide.setAttribute("role", "region");
    wide.setAttribute("aria-label", `Table ${at + 1}`);
  }
});
