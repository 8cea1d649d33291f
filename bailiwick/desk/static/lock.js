// Locks the screen after 30 minutes without a key or pointer in any tab, and says so two minutes before. What was typed goes along
// and is kept. The server locks by itself too: this only hides what stands on the screen.
(() => {
  const form = document.getElementById("screen-lock");
  const word = document.getElementById("screen-lock-soon");
  const limit = Number(form.dataset.minutes) * 60000;
  const KEY = "bailiwick-used";
  let told = Date.now();

  const last = () => Number(localStorage.getItem(KEY)) || 0;
  const used = () => {
    const now = Date.now();
    word.hidden = true;
    if (now - last() > 1000) localStorage.setItem(KEY, String(now));
    if (now - told > 5 * 60000) {
      told = now;
      const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
      fetch(form.dataset.alive, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => {});
    }
  };

  const typed = () => {
    for (const one of document.querySelectorAll("main form[method=post]")) {
      for (const field of one.elements) {
        if (field.type === "hidden" || field.type === "password" || !field.name) continue;
        const changed = field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
          : field.type === "file" ? field.files.length > 0
          : field.tagName === "SELECT" ? [...field.options].some((o) => o.selected !== o.defaultSelected)
          : field.value !== field.defaultValue;
        if (changed) return one;
      }
    }
    return null;
  };

  // Of a chosen file only the name goes along.
  const namesOfFiles = (data) => {
    for (const [name, value] of [...data]) {
      if (typeof value === "string") continue;
      data.delete(name);
      if (value.name) data.set(`_file:${name}`, value.name);
    }
  };
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.matches("[data-keeps]")) namesOfFiles(event.detail.formData);
  });

  let locked = false;
  const lock = () => {
    if (locked) return;
    locked = true;
    const one = typed();
    form.elements.next.value = location.pathname + location.search;
    if (one) {
      form.elements._page.value = new URL(one.action, location.href).pathname + new URL(one.action, location.href).search;
      const data = new FormData(one);
      namesOfFiles(data);
      for (const [name, value] of data) {
        if (name === "csrfmiddlewaretoken") continue;
        const field = document.createElement("input");
        field.type = "hidden"; field.name = name; field.value = value;
        form.append(field);
      }
    }
    form.submit();
  };

  const look = () => {
    const idle = Date.now() - last();
    if (idle >= limit) lock();
    else word.hidden = idle < limit - 2 * 60000;
  };

  localStorage.setItem(KEY, String(Date.now()));
  for (const kind of ["keydown", "pointerdown", "pointermove", "scroll"]) addEventListener(kind, used, { passive: true });
  setInterval(look, 5000);
})();
