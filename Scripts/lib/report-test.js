// Uses a report as a reader does; Scripts/report.sh adds it to a copy of the page. Each check is a
// line of the element #test-result.
'use strict';
(async () => {
  // The page counts as loading, and the browser waits, as long as a frame of it is being written:
  // images are decoded in real time, which a budget of virtual time does not wait for.
  const waiting = document.body.appendChild(document.createElement('iframe'));
  waiting.hidden = true;
  waiting.contentDocument.open();
  const lines = [];
  const expect = (what, holds) => lines.push(`${holds ? 'ok' : 'FAILED'} ${what}`);
  window.addEventListener('error', event => expect(`no error: ${event.message}`, false));
  const all = selector => [...document.querySelectorAll(selector)];
  // Images are decoded in the background.
  const until = async holds => {
    for (let i = 0; i < 100 && !holds(); i++) await new Promise(next => setTimeout(next, 50));
    return holds();
  };
  // A headless browser does not always give its window the focus, and without it no element is drawn
  // as focused: then the line around it cannot be checked.
  const showsFocus = await until(() => document.hasFocus());
  if (!showsFocus) lines.push('skipped: the window has no focus');
  // A button answers to Enter and Space by itself; it must be reachable, and show that it is.
  const isReachable = element => {
    element.focus();
    return document.activeElement === element && element.tabIndex >= 0
      && (!showsFocus || getComputedStyle(element).outlineStyle !== 'none');
  };

  expect('the page is no wider than the window',
    document.documentElement.scrollWidth <= document.documentElement.clientWidth);
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  expect('the scheme is the one asked for', dark === (location.hash === '#dark'));
  const [red] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
  expect('the background follows the scheme', dark ? red < 60 : red > 200);
  expect('nothing was requested', performance.getEntriesByType('resource')
    .every(entry => entry.name.startsWith('data:')));
  expect('links of the page lead to something', all('a').every(link =>
    document.querySelector(link.getAttribute('href') ?? link.getAttribute('xlink:href'))));

  for (const table of all('table.sortable')) {
    const heads = [...table.querySelectorAll('th')];
    heads.forEach((head, column) => {
      const button = head.querySelector('button');
      expect(`the head '${button.textContent}' is reachable`, isReachable(button));
      for (const direction of ['ascending', 'descending']) {
        button.click();
        const values = [...table.tBodies[0].rows].map(row => row.cells[column]?.dataset.value);
        const numbers = values.filter(value => value).map(Number);
        const sorted = [...numbers].sort((a, b) => direction === 'ascending' ? a - b : b - a);
        expect(`'${button.textContent}' sorts ${direction}`,
          head.getAttribute('aria-sort') === direction
          && numbers.every((number, index) => number === sorted[index]));
        const last = values.findLastIndex(value => value);
        expect(`'${button.textContent}': cells without a number come last`,
          last < 0 || values.slice(0, last).every(value => value));
      }
    });
  }

  for (const chooser of all('.chooser')) {
    const figures = [...chooser.querySelectorAll('figure')];
    const shown = () => figures.filter(figure => !figure.hidden);
    const menus = [...chooser.querySelectorAll('select')];
    expect('one plot is shown', shown().length === 1 && menus.every(isReachable));
    for (const option of menus[0].options) {
      menus[0].value = option.value;
      menus[0].dispatchEvent(new Event('change'));
      expect(`the plot of ${option.value}`,
        shown().length === 1 && shown()[0].dataset.value === option.value);
    }
  }

  for (const grid of all('.images')) {
    const buttons = [...grid.querySelectorAll('button')];
    const image = button => button.firstElementChild;
    expect('every image is one', buttons.every(button => image(button).naturalWidth > 0));
    const button = buttons.find(button => button.dataset.row === '2') ?? buttons.at(-1);
    const first = buttons.find(other =>
      other.dataset.row === '0' && other.dataset.column === button.dataset.column);
    const own = image(button).src;
    expect('an image is reachable', isReachable(button));
    button.click();
    expect('a click shows the reference', await until(() =>
      image(button).src === image(first).src
      && button.getAttribute('aria-label').includes('reference')));
    button.click();
    expect('a second one the difference', await until(() =>
      image(button).src !== own && image(button).src !== image(first).src
      && image(button).naturalWidth > 0 && button.dataset.shown === 'difference'));
    button.click();
    expect('a third one the image', await until(() => image(button).src === own));
    const menu = grid.parentElement.previousElementSibling.querySelector('select');
    const before = image(first).src;
    menu.value = 'difference';
    menu.dispatchEvent(new Event('change'));
    expect('all at once', await until(() => image(first).src !== before
      && buttons.every(each => each.getAttribute('aria-label')?.includes('difference'))));
    await image(first).decode();
    const canvas = Object.assign(document.createElement('canvas'),
      { width: image(first).naturalWidth, height: image(first).naturalHeight });
    const context = canvas.getContext('2d');
    context.drawImage(image(first), 0, 0);
    expect('the reference does not differ from itself',
      context.getImageData(0, 0, canvas.width, canvas.height).data
        .every((level, index) => level === (index % 4 === 3 ? 255 : 0)));
  }

  const result = document.createElement('pre');
  result.id = 'test-result';
  result.textContent = `\n${lines.join('\n')}\ndone\n`;
  document.body.append(result);
  waiting.contentDocument.close();
})();
