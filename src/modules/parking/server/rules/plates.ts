// Small rules about plates as cameras read them.

/** What cameras say when they saw a car and no plate: Vzenith's own code list, the words of 海康 and 大华. */
const NONE = new Set(['_无_', '', '无', '未识别', 'UNKNOWN', 'NOPLATE', 'UNLICENSED', 'UNRECOGNIZED', 'UNRECOGNISED', '无车牌'])
const PLATE = /^[\p{Script=Han}A-Z0-9]{5,12}$/u

/** One spelling of a plate, or null where the camera read none. Foreign and military plates are plates too, so the form is loose here. */
export function readPlate(text: string): string | null {
  // Some firmware of 海康 puts the colour before the province: 蓝陕A12345.
  const p = text.normalize('NFKC').toUpperCase().replace(/[\s·•.-]/g, '').replace(/^[蓝黄白黑绿](?=\p{Script=Han})/u, '')
  return NONE.has(p) || !PLATE.test(p) ? null : p
}
/** 陕C1**45: enough to be known by its owner, too little for anybody else. */
export function maskPlate(plate: string): string {
  if (plate.length < 6) return '****'
  return `${plate.slice(0, 3)}**${plate.slice(5)}`
}
/** Characters in which two plates of one length differ; Infinity for other lengths. */
export function plateDistance(a: string, b: string): number {
  const [x, y] = [[...a], [...b]]
  if (x.length !== y.length) return Infinity
  return x.reduce((n, c, i) => n + (c === y[i] ? 0 : 1), 0)
}
/** What may have been meant: one character misread, or one lost or added. */
export function isNear(read: string, known: string): boolean {
  const d = plateDistance(read, known)
  if (d <= 1) return true
  const [long, short] = read.length > known.length ? [read, known] : [known, read]
  if (long.length - short.length !== 1) return false
  return [...long].some((_, i) => [...long].filter((__, j) => j !== i).join('') === short)
}
