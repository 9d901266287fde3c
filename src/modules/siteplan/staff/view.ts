// Where the plan lies under the fingers: pan, pinch, step; the picture never leaves the window, and what is under the middle of two fingers stays under it. Pure.
export interface Window {
  width: number
  height: number
}
export interface View {
  /** Px of the window for a px of the picture shown whole. 1: the whole picture. */
  scale: number
  x: number
  y: number
}
export const SCALE_MAX = 8
/** The picture at scale 1: whole in the window. */
export const fitted = (picture: Window, win: Window): Window => {
  const k = Math.min(win.width / picture.width, win.height / picture.height)
  return { width: picture.width * k, height: picture.height * k }
}
const held = (at: number, size: number, room: number): number => (size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, at)))
export function kept(v: View, picture: Window, win: Window): View {
  const fit = fitted(picture, win)
  const scale = Math.min(SCALE_MAX, Math.max(1, v.scale))
  return { scale, x: held(v.x, fit.width * scale, win.width), y: held(v.y, fit.height * scale, win.height) }
}
/** So much larger, with the point of the window staying where it is on the picture. */
export function zoomed(v: View, by: number, at: { x: number; y: number }, picture: Window, win: Window): View {
  const scale = Math.min(SCALE_MAX, Math.max(1, v.scale * by))
  const k = scale / v.scale
  return kept({ scale, x: at.x - (at.x - v.x) * k, y: at.y - (at.y - v.y) * k }, picture, win)
}
/** With this point (per mille) in the middle. */
export function centred(point: { x: number; y: number }, scale: number, picture: Window, win: Window): View {
  const fit = fitted(picture, win)
  return kept({ scale, x: win.width / 2 - (point.x / 1000) * fit.width * scale, y: win.height / 2 - (point.y / 1000) * fit.height * scale }, picture, win)
}
