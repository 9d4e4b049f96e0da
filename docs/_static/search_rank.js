/* Ranks the handbook's pages for a question; search.js shows what comes out.
   Pagefind looks for pages that have every word. A question that somebody types has
   words that no page has, so each word is looked up by itself, and a page counts for the
   words that it has: rare ones more than common ones, and more again if they stand
   together in one section. */
"use strict";

window.handbookSearch = (pagefind) => {
  const LOOKED_AT = 12; // pages whose text is read to find the best section
  const EXCERPT = 32; // words
  const STOP = new Set(
    ("a an and are as at be been between but by can could did difference do does for " +
      "from had has have how i if in into is it its me my of on or so that the their " +
      "them then there they this to was we were which why will with would you your vs " +
      "versus where much need").split(" "),
  );

  /** The words of a question that say something, or all where none does. */
  function wordsOf(question) {
    const all = question.toLowerCase().match(/[\p{L}\p{N}_]+/gu) || [];
    const telling = all.filter((word) => !STOP.has(word));
    return [...new Set(telling.length ? telling : all)];
  }

  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

  /** The pages for one word. For a word that no page has, Pagefind gives those of
      another that begins alike: they are left out. */
  async function look(word) {
    const { results } = await pagefind.search(word);
    if (!results.length) return results;
    const { content, locations, meta } = await results[0].data();
    const words = content.split(/\s+/);
    const found = [...locations.map((at) => words[at] || ""), ...Object.values(meta)];
    const begin = word.slice(0, Math.ceil(word.length / 2));
    return found.some((text) => text.toLowerCase().includes(begin)) ? results : [];
  }

  /** The pages that have any of the words: [{score, found: {word: result}}]. */
  function pagesWith(words, answers) {
    const pages = new Map();
    answers.forEach((results, i) => {
      for (const result of results) {
        const page = pages.get(result.id) || { score: 0, found: {} };
        page.score += result.score;
        page.found[words[i]] = result;
        pages.set(result.id, page);
      }
    });
    return [...pages.values()];
  }

  /** The best section of a page, and how much of the question stands in it (0 to 1). */
  async function read({ score, found }, rarity) {
    const words = Object.keys(found);
    const data = await Promise.all(words.map((word) => found[word].data()));
    const { content, anchors, meta, url } = data[0];
    const heads = anchors
      .filter(({ element }) => /^h[1-6]$/.test(element))
      .sort((a, b) => a.location - b.location);
    const total = sum(Object.values(rarity));
    const sections = heads.map((head, i) => {
      const from = head.location;
      const to = i + 1 < heads.length ? heads[i + 1].location : Infinity;
      const places = data.map(({ weighted_locations: all }) =>
        all.filter(({ location: at }) => at >= from && at < to),
      );
      const covered = sum(places.map((here, k) => (here.length ? rarity[words[k]] : 0)));
      const weight = sum(places.flat().map(({ weight: w }) => w));
      return {
        title: head.text.trim(),
        id: i ? head.id : "",
        begin: from + head.text.trim().split(/\s+/).length,
        end: to,
        covered: covered / total,
        score: covered / total + Math.min(weight, 100) / 400,
      };
    });
    const best = sections.reduce((a, b) => (b.score > a.score ? b : a));
    const hits = new Map(); // place -> weight: a word of a listing weighs less
    for (const { weighted_locations: all } of data) {
      for (const { location: at, weight } of all) hits.set(at, weight);
    }
    return {
      title: meta.title,
      part: meta.part || "",
      url: url.replace(/\.page$/, ".html") + (best.id ? `#${best.id}` : ""),
      section: best.id ? best.title : "",
      excerpt: cut(content.split(/\s+/), hits, best),
      score: score * (1 + best.covered),
    };
  }

  /** The stretch of a section with most hits, as pieces of text: [{text, hit}]. */
  function cut(words, hits, { begin, end }) {
    const to = Math.min(end, words.length);
    let start = begin;
    let most = -1;
    for (let at = begin; at <= Math.max(begin, to - EXCERPT); at += 4) {
      let count = 0;
      for (let i = at; i < Math.min(at + EXCERPT, to); i++) count += hits.get(i) || 0;
      if (count > most) [most, start] = [count, at];
    }
    const stop = Math.min(start + EXCERPT, to);
    const pieces = words
      .slice(start, stop)
      .map((text, i) => ({ text, hit: hits.has(start + i) }));
    return stop < to ? [...pieces, { text: "…", hit: false }] : pieces;
  }

  /** How many pages have to do with a question, and the best of them, best first. */
  return async (question, wanted) => {
    const words = wordsOf(question);
    const answers = await Promise.all(words.map(look));
    const pages = pagesWith(words, answers);
    const rarity = {};
    words.forEach((word, i) => {
      const having = answers[i].length;
      rarity[word] = Math.log(1 + pages.length / (having || 1));
    });
    const total = sum(Object.values(rarity));
    for (const page of pages) {
      const had = sum(Object.keys(page.found).map((word) => rarity[word]));
      page.score *= (had / total) ** 2;
    }
    pages.sort((a, b) => b.score - a.score);
    const seen = pages.slice(0, Math.max(wanted, LOOKED_AT));
    const known = await Promise.all(seen.map((page) => read(page, rarity)));
    known.sort((a, b) => b.score - a.score);
    return { count: pages.length, best: known.slice(0, wanted) };
  };
};
