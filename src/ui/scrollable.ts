// What antd scrolls by itself inside a table.

/** The scrolling part of a table must be reachable by keyboard (axe: scrollable-region-focusable). */
export function makeScrollable(box: HTMLElement | null, title: string): void {
  for (const el of box?.querySelectorAll('.ant-table-body, .ant-table-content') ?? []) {
    el.setAttribute('tabindex', '0')
    el.setAttribute('role', 'group')
    el.setAttribute('aria-label', `${title}表格`)
  }
  // antd measures widths in a hidden row that repeats the heading's check box: nobody may land there.
  for (const el of box?.querySelectorAll('.ant-table-measure-row input') ?? []) el.setAttribute('tabindex', '-1')
}
