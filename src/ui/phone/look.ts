// How the phone pages look to this person on this phone. 大字版: every size is in rem, so the size of the root is the whole switch. 深色: every colour is a
// token of phone.css, so one attribute is; without a choice the phone's own setting decides.
import { useSyncExternalStore } from 'react'

export type Shade = 'system' | 'light' | 'dark'
interface Look {
  big: boolean
  shade: Shade
}
const SLOT = { big: 'heyuan.big_type', shade: 'heyuan.shade' }
const listeners = new Set<() => void>()
let look: Look = { big: false, shade: 'system' }
const dark = matchMedia('(prefers-color-scheme: dark)')

const apply = (): void => {
  const root = document.documentElement
  root.toggleAttribute('data-big', look.big)
  root.dataset['prefersColorScheme'] = look.shade === 'dark' || (look.shade === 'system' && dark.matches) ? 'dark' : 'light'
}
export function keepLook(): void {
  try {
    const shade = localStorage.getItem(SLOT.shade)
    look = { big: localStorage.getItem(SLOT.big) === '1', shade: shade === 'light' || shade === 'dark' ? shade : 'system' }
  } catch {
    // private window: as it comes
  }
  apply()
  dark.addEventListener('change', apply)
}
function set(next: Look, slot: string, text: string): void {
  look = next
  try {
    localStorage.setItem(slot, text)
  } catch {
    // private window: until the page is left
  }
  apply()
  listeners.forEach((l) => l())
}
export const setBigType = (big: boolean): void => set({ ...look, big }, SLOT.big, big ? '1' : '0')
export const setShade = (shade: Shade): void => set({ ...look, shade }, SLOT.shade, shade)
const useLook = (): Look =>
  useSyncExternalStore(
    (l) => {
      listeners.add(l)
      return () => void listeners.delete(l)
    },
    () => look,
  )
export const useBigType = (): boolean => useLook().big
export const useShade = (): Shade => useLook().shade
