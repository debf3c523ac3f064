/// The script of a report: sorting, choosing a plot, and flipping images.
///
/// The page shows the same without it.
let pageScript = """
  'use strict';
  for (const table of document.querySelectorAll('table.sortable')) {
    const heads = [...table.querySelectorAll('th')];
    // What a cell is sorted by: its number, else its text; nothing where it has none.
    const key = (row, column) => {
      const cell = row.cells[column];
      if (!cell || cell.dataset.value === '') return undefined;
      return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
    };
    heads.forEach((head, column) => head.querySelector('button').addEventListener('click', () => {
      const descending = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        const [x, y] = [key(a, column), key(b, column)];
        if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
        const order = typeof x === 'number' ? x - y : x.localeCompare(y, 'en', { numeric: true });
        return descending ? -order : order;
      });
      table.tBodies[0].append(...rows);
    }));
  }

  // A menu with a label, in front of what it changes.
  function menu(label, choices, change) {
    const select = document.createElement('select');
    select.append(...choices.map(([value, text]) => new Option(text, value)));
    select.addEventListener('change', change);
    const element = document.createElement('label');
    element.append(label, select);
    return { element, select };
  }
  function controls(...menus) {
    const element = document.createElement('div');
    element.className = 'controls';
    element.append(...menus.map(each => each.element));
    return element;
  }

  for (const chooser of document.querySelectorAll('.chooser')) {
    const figures = [...chooser.querySelectorAll('figure')];
    const menus = ['value', 'cost'].map(axis => {
      const names = [...new Set(figures.map(figure => figure.dataset[axis]))];
      return menu(axis === 'value' ? 'measure' : 'by', names.map(name => [name, name]), show);
    });
    function show() {
      for (const figure of figures) {
        figure.hidden = figure.dataset.value !== menus[0].select.value
          || figure.dataset.cost !== menus[1].select.value;
      }
    }
    chooser.prepend(controls(...menus));
    show();
  }

  // The difference of two images, each channel by itself, magnified.
  async function difference(image, reference, gain) {
    const pixels = async source => {
      const whole = Object.assign(new Image(), { src: source });
      await whole.decode();
      const canvas = Object.assign(document.createElement('canvas'),
        { width: whole.naturalWidth, height: whole.naturalHeight });
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(whole, 0, 0);
      return { canvas, context, levels: context.getImageData(0, 0, canvas.width, canvas.height) };
    };
    const [a, b] = [await pixels(image), await pixels(reference)];
    for (let i = 0; i < a.levels.data.length; i++) {
      if (i % 4 < 3) a.levels.data[i] = gain * Math.abs(a.levels.data[i] - b.levels.data[i]);
    }
    a.context.putImageData(a.levels, 0, 0);
    return a.canvas.toDataURL();
  }
  for (const grid of document.querySelectorAll('.images')) {
    const states = ['own', 'reference', 'difference'];
    const buttons = [...grid.querySelectorAll('button')];
    const own = new Map(buttons.map(button => [button, button.firstElementChild.src]));
    const references = buttons.filter(button => button.dataset.row === '0');
    async function show(button, state) {
      button.dataset.shown = state;
      const reference = own.get(references[Number(button.dataset.column)]);
      const source = state === 'own' ? own.get(button) : state === 'reference' ? reference
        : await difference(own.get(button), reference, 4);
      // A difference takes a while; another click may have come.
      if (button.dataset.shown !== state) return;
      button.firstElementChild.src = source;
      button.setAttribute('aria-label', button.title + (state === 'own' ? ''
        : state === 'reference' ? ': the reference' : ': difference from the reference, × 4'));
    }
    for (const button of buttons) {
      button.addEventListener('click', () => {
        const next = (states.indexOf(button.dataset.shown ?? 'own') + 1) % states.length;
        show(button, states[next]);
      });
    }
    const all = menu('show', [['own', 'images'], ['reference', 'the reference'],
      ['difference', 'differences from the reference, × 4']],
      () => buttons.forEach(button => show(button, all.select.value)));
    grid.parentElement.before(controls(all));
  }
  """
