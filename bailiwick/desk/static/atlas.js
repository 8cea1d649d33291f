// The slider of the atlas: moves the day over the days on which law changed. Without it the form does the same.
(() => {
  const form = document.getElementById("atlas-form");
  const slide = document.getElementById("slide");
  const day = document.getElementById("on");
  const part = document.getElementById("atlas-part");
  if (!form || !slide || !slide.dataset.days) return;
  const days = slide.dataset.days.split(",");
  const shown = document.getElementById("slide-day");
  slide.closest(".slide").hidden = false;
  const nearest = () => Math.max(0, days.filter((d) => d <= day.value).length - 1);
  slide.value = nearest();
  slide.setAttribute("aria-valuetext", day.value);
  shown.textContent = day.value;
  let waiting = 0;
  let asked = 0;
  const show = async () => {
    const number = ++asked;
    const query = new URLSearchParams(new FormData(form));
    const answer = await fetch(`${form.getAttribute("action")}?${query}&part=1`);
    const text = await answer.text();
    if (number !== asked || !answer.ok) return;
    part.innerHTML = text;
    history.replaceState(null, "", `?${query}`);
  };
  slide.addEventListener("input", () => {
    day.value = days[slide.value];
    shown.textContent = day.value;
    slide.setAttribute("aria-valuetext", day.value);
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  day.addEventListener("change", () => { slide.value = nearest(); shown.textContent = day.value; });
})();
