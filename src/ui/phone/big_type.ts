// 大字版: every size of the phone pages is in rem, so the size of the root is the whole switch.
import { useSyncExternalStore } from 'react'

const SLOT = 'heyuan.big_type'
const listeners = new Set<() => void>()
let big = false

export function keepTypeSize(): void {
  try {
    big = localStorage.getItem(SLOT) === '1'
  } catch {
    // private window: normal type
  }
  apply()
}
const apply = (): void => void document.documentElement.toggleAttribute('data-big', big)

export function setBigType(on: boolean): void {
  big = on
  try {
    localStorage.setItem(SLOT, on ? '1' : '0')
  } catch {
    // private window: until the page is left
  }
  apply()
  listeners.forEach((l) => l())
}
export const useBigType = (): boolean =>
  useSyncExternalStore(
    (l) => {
      listeners.add(l)
      return () => void listeners.delete(l)
    },
    () => big,
  )
