// Numbers and times as people read them. A missing figure is a dash of the same line height.

const THIN_SPACE = "\u202f";
const MINUS = "\u2212";
export const MISSING = "–";

const integers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

function known(value) {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** 1234567 as "1 234 567", with thin spaces. */
export function count(value) {
  return known(value) ? integers.format(value).replaceAll(",", THIN_SPACE) : MISSING;
}

export function decimals(value, digits) {
  return known(value) ? value.toFixed(digits).replace("-", MINUS) : MISSING;
}

/** A figure of any size with three digits that matter. */
export function significant(value) {
  return known(value) ? trimmed(value) : MISSING;
}

/** 0.8123 as "81.23 %". */
export function percent(value, digits = 2) {
  return known(value) ? decimals(value * 100, digits) + THIN_SPACE + "%" : MISSING;
}

/** A difference of fractions in percentage points, with its sign. */
export function points(difference, digits = 2) {
  if (!known(difference)) return MISSING;
  const sign = difference >= 0 ? "+" : MINUS;
  return sign + Math.abs(difference * 100).toFixed(digits) + THIN_SPACE + "pp";
}

/** An axis tick: 12500 as "12.5k". */
export function short(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return trimmed(value / 1e6) + "M";
  if (size >= 1e3) return trimmed(value / 1e3) + "k";
  return trimmed(value);
}

function trimmed(value) {
  return String(Number(value.toPrecision(3)));
}

export function bytes(value) {
  if (!known(value)) return MISSING;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return (unit === 0 ? count(value) : value.toFixed(1)) + THIN_SPACE + units[unit];
}

/** A duration in its two largest units: "3 h 05 min". */
export function duration(seconds) {
  if (!known(seconds)) return MISSING;
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return days + THIN_SPACE + "d " + hours + THIN_SPACE + "h";
  if (hours > 0) return hours + THIN_SPACE + "h " + padded(minutes) + THIN_SPACE + "min";
  if (minutes > 0) return minutes + THIN_SPACE + "min " + padded(whole % 60) + THIN_SPACE + "s";
  return whole + THIN_SPACE + "s";
}

function padded(value) {
  return String(value).padStart(2, "0");
}

export function clock(timeMillis) {
  return new Date(timeMillis).toLocaleTimeString("en-GB");
}

/** A time as it is said on the day of another: the clock, with the day before it if that differs. */
export function moment(timeMillis, nowMillis) {
  const day = new Date(timeMillis);
  if (day.toDateString() === new Date(nowMillis).toDateString()) return clock(timeMillis);
  const date = day.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  const year = day.getFullYear() === new Date(nowMillis).getFullYear() ? "" : ` ${day.getFullYear()}`;
  return `${date}${year} ${clock(timeMillis).slice(0, 5)}`;
}

/** A name in code as words: "majorityClassAccuracy" as "majority class accuracy". */
export function words(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`);
}
