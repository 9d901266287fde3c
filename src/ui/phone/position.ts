// Where the phone is, asked once for one purpose; no following. A refusal and a failure are answers too.
import { useEffect, useState } from 'react'

export type Here = { state: 'asking' } | { state: 'given'; lat: string; lon: string; accuracy_m: number } | { state: 'refused' } | { state: 'failed' }
const WAIT_MS = 15_000
const OLD_MS = 10_000
const ACCURACY_MAX = 100_000
/** Six places of a degree: a tenth of a metre. */
const degrees = (x: number): string => String(Math.round(x * 1e6) / 1e6)

/** `on`: the company wants it here; else undefined. */
export function usePosition(on: boolean): Here | undefined {
  const [here, setHere] = useState<Here>({ state: 'asking' })
  useEffect(() => {
    if (!on) return
    let over = false
    const say = (h: Here): void => { if (!over) setHere(h) }
    if (!('geolocation' in navigator)) {
      say({ state: 'failed' })
      return
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => say({ state: 'given', lat: degrees(coords.latitude), lon: degrees(coords.longitude), accuracy_m: Math.min(ACCURACY_MAX, Math.ceil(coords.accuracy)) }),
      (e) => say({ state: e.code === e.PERMISSION_DENIED ? 'refused' : 'failed' }),
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: OLD_MS },
    )
    return () => { over = true }
  }, [on])
  return on ? here : undefined
}
