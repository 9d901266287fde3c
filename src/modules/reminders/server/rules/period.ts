/** '2026年9月', '2026年9月至11月', '2025年12月至2026年2月' from the first days of two months. */
export function periodText(from_on: string, to_on: string): string {
  const [y1, m1] = [from_on.slice(0, 4), Number(from_on.slice(5, 7))]
  const [y2, m2] = [to_on.slice(0, 4), Number(to_on.slice(5, 7))]
  if (y1 === y2 && m1 === m2) return `${y1}年${m1}月`
  return `${y1}年${m1}月至${y1 === y2 ? '' : `${y2}年`}${m2}月`
}
