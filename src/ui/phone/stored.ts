// A small choice that this phone remembers, shared by all pages that use it.
import { useSyncExternalStore } from 'react'

export interface Stored {
  get: () => string | undefined
  set: (value: string | undefined) => void
  use: () => string | undefined
}
export function stored(slot: string): Stored {
  const listeners = new Set<() => void>()
  let value: string | undefined
  let read = false
  const get = (): string | undefined => {
    if (!read) {
      read = true
      try {
        value = localStorage.getItem(slot) ?? undefined
      } catch {
        // private window
      }
    }
    return value
  }
  const set = (next: string | undefined): void => {
    read = true
    value = next
    try {
      if (next === undefined) localStorage.removeItem(slot)
      else localStorage.setItem(slot, next)
    } catch {
      // private window: until the page is left
    }
    listeners.forEach((l) => l())
  }
  const subscribe = (l: () => void): (() => void) => {
    listeners.add(l)
    return () => void listeners.delete(l)
  }
  return { get, set, use: () => useSyncExternalStore(subscribe, get) }
}
