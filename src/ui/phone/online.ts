import { useSyncExternalStore } from 'react'

const subscribe = (l: () => void): (() => void) => {
  addEventListener('online', l)
  addEventListener('offline', l)
  return () => {
    removeEventListener('online', l)
    removeEventListener('offline', l)
  }
}
/** False only when the phone itself says it has no network; true promises nothing. */
export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine)
