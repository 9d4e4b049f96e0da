// Find text and lines of the open page that stand out too little from their ground.
// Returns one line for each, worst first. WCAG 2.2: contrast ratio, relative luminance.
({ body, rest, lines }) => {
  const parse = (color) => {
    const parts = color.match(/[\d.]+/g).map(Number);
    return { rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1 };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb
      .map((part) => part / 255)
      .map((p) => (p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const over = (top, rgb) =>
    top.rgb.map((part, i) => part * top.alpha + rgb[i] * (1 - top.alpha));
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own.rgb : over(own, ground(element.parentElement));
  };
  const painted = (paint) => paint !== "none" && parse(paint).alpha > 0;
  const found = [];
  const note = (ratio, wanted, what) => {
    if (ratio < wanted - 0.005)
      found.push([ratio, `${ratio.toFixed(2)}:1, not ${wanted}:1: ${what}`]);
  };
  const words = (node) => node.textContent.trim().slice(0, 40);

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!words(node) || element.closest("svg, script, style, noscript")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const prose = element.closest("article") && !element.closest("pre, button");
    const back = ground(element);
    const color = over(parse(getComputedStyle(element).color), back);
    note(contrast(color, back), prose ? body : rest, `"${words(node)}"`);
  }

  // What lies under a drawing's words: the first filled shape there, or the page.
  document.documentElement.style.scrollBehavior = "auto";
  for (const drawing of document.querySelectorAll(".diagram > svg, svg.drawing")) {
    const behind = ground(drawing.parentElement);
    for (const text of drawing.querySelectorAll("text")) {
      if (!words(text)) continue;
      text.scrollIntoView({ block: "center", inline: "center" });
      const box = text.getBoundingClientRect();
      const under = document
        .elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
        .find((e) => e instanceof SVGGeometryElement && painted(getComputedStyle(e).fill));
      const back = under ? parse(getComputedStyle(under).fill).rgb : behind;
      const inner = text.querySelector("tspan") || text;
      const color = parse(getComputedStyle(inner).fill).rgb;
      note(contrast(color, back), body, `"${words(text)}" in a drawing`);
    }
    for (const shape of drawing.querySelectorAll("path, line, rect, circle, polygon")) {
      const style = getComputedStyle(shape);
      // A chart's grid only guides the eye, as the hairlines of a table do.
      if (!painted(style.stroke) || shape.closest("defs, marker, .grid")) continue;
      if (style.strokeWidth === "0px" || !shape.getBoundingClientRect().width) continue;
      const stroke = parse(style.stroke).rgb;
      const where = `a line of ${shape.getAttribute("class") || shape.tagName}`;
      note(contrast(stroke, behind), lines, where);
    }
  }
  return found.sort((a, b) => a[0] - b[0]).map((entry) => entry[1]);
}
