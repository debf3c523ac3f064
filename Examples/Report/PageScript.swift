/// The script of a report: sorting, choosing a plot, and flipping images.
///
/// All of it is a comfort; the page says the same without it.
let pageScript = """
  for (const table of document.querySelectorAll('table.sortable')) {
    table.querySelectorAll('th').forEach((head, column) => {
      head.querySelector('button').addEventListener('click', () => {
        const ascending = head.getAttribute('aria-sort') !== 'ascending';
        for (const other of table.querySelectorAll('th')) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
        const body = table.tBodies[0];
        const key = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
        const number = text => text === '' ? Infinity : Number(text);
        const rows = [...body.rows].sort((a, b) => {
          const [x, y] = [key(a), key(b)];
          const order = Number.isNaN(number(x)) || Number.isNaN(number(y))
            ? x.localeCompare(y) : number(x) - number(y);
          return (Number.isNaN(order) ? 0 : order) * (ascending ? 1 : -1);
        });
        body.append(...rows);
      });
    });
  }
  for (const chooser of document.querySelectorAll('[data-choices]')) {
    const select = document.createElement('select');
    select.setAttribute('aria-label', chooser.dataset.choices);
    const figures = [...chooser.querySelectorAll('figure')];
    figures.forEach((figure, index) => {
      select.append(new Option(figure.dataset.name, index));
      figure.hidden = index > 0;
      figure.querySelector('figcaption').hidden = true;
    });
    select.addEventListener('change', () => figures.forEach((figure, index) => {
      figure.hidden = index !== Number(select.value);
    }));
    const controls = document.createElement('div');
    controls.className = 'controls';
    controls.append(select);
    chooser.prepend(controls);
  }
  function difference(image, reference, gain) {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d');
    const pixels = source => { context.drawImage(source, 0, 0); return context.getImageData(0, 0, canvas.width, canvas.height); };
    const [a, b] = [pixels(reference), pixels(image)];
    for (let i = 0; i < b.data.length; i += 4)
      for (let c = 0; c < 3; c++) b.data[i + c] = Math.min(255, gain * Math.abs(a.data[i + c] - b.data[i + c]));
    context.putImageData(b, 0, 0);
    return canvas.toDataURL();
  }
  for (const grid of document.querySelectorAll('.images')) {
    const references = [...grid.querySelectorAll('[data-row="0"] img, img[data-row="0"]')];
    for (const button of grid.querySelectorAll('button[data-column]')) {
      const image = button.querySelector('img');
      const own = image.src;
      const states = ['own', 'reference', 'difference'];
      let state = 0;
      const title = image.alt;
      button.addEventListener('click', () => {
        const reference = references[Number(button.dataset.column)];
        state = (state + 1) % states.length;
        image.src = state === 0 ? own : state === 1 ? reference.dataset.own ?? reference.src
          : difference(Object.assign(new Image(), { src: own }), Object.assign(new Image(), { src: reference.dataset.own ?? reference.src }), 4);
        image.alt = state === 0 ? title : state === 1 ? 'reference' : title + ', difference × 4';
        button.title = image.alt;
      });
    }
    for (const reference of references) reference.dataset.own = reference.src;
  }
  """
