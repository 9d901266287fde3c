// The browser's part of push messages: whether it can, whether it may, its subscription. Where there is none (WeChat, an iPhone whose page was not put on the
// home screen) the page says so.
import { useEffect, useState } from 'react'

export interface PushAddress {
  endpoint: string
  p256dh: string
  auth: string
}
export type PushAbility = 'looking' | 'none' | 'home_screen' | 'denied' | 'ready'

const iphone = (): boolean => /iPhone|iPad/.test(navigator.userAgent)
const installed = (): boolean => matchMedia('(display-mode: standalone)').matches
async function ability(): Promise<PushAbility> {
  // Without a worker `ready` never comes: looked up, not waited for.
  const able = 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis && (await navigator.serviceWorker.getRegistration()) !== undefined
  if (!able) return iphone() && !installed() ? 'home_screen' : 'none'
  return Notification.permission === 'denied' ? 'denied' : 'ready'
}
export function usePushAbility(): PushAbility {
  const [is, set] = useState<PushAbility>('looking')
  useEffect(() => {
    let here = true
    void ability().catch(() => 'none' as const).then((a) => here && set(a))
    return () => void (here = false)
  }, [])
  return is
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
const textOf = (key: ArrayBuffer | null): string => btoa(String.fromCharCode(...new Uint8Array(key ?? new ArrayBuffer(0)))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** Asks the person, then the browser. 'refused': he said no; 'failed': the browser's push service cannot be reached. */
export async function subscribe(public_key: string): Promise<PushAddress | 'refused' | 'failed'> {
  if ((await Notification.requestPermission()) !== 'granted') return 'refused'
  const { pushManager } = await navigator.serviceWorker.ready
  try {
    // One with another key (the company's was not the same) cannot be used and stands in the way.
    await (await pushManager.getSubscription())?.unsubscribe()
    const s = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(public_key) })
    return { endpoint: s.endpoint, p256dh: textOf(s.getKey('p256dh')), auth: textOf(s.getKey('auth')) }
  } catch {
    return 'failed'
  }
}
/** Nothing is pushed to this browser any more, whatever the server thinks. */
export async function unsubscribe(): Promise<void> {
  try {
    await (await (await navigator.serviceWorker?.getRegistration())?.pushManager?.getSubscription())?.unsubscribe()
  } catch {
    // The server hears of it at the next push.
  }
}

const NAMES: readonly [RegExp, string][] = [[/EdgA?\//, 'Edge'], [/Firefox\/|FxiOS\//, 'Firefox'], [/HuaweiBrowser\//, '华为浏览器'], [/MiuiBrowser\//, '小米浏览器'], [/SamsungBrowser\//, '三星浏览器'], [/Chrome\/|CriOS\//, 'Chrome'], [/Safari\//, 'Safari']]
const SYSTEMS: readonly [RegExp, string][] = [[/HarmonyOS/, '鸿蒙'], [/Android/, '安卓'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS/, 'macOS'], [/Linux/, 'Linux']]
/** 'Edge · 安卓', so that its owner knows it again in the list. */
export function browserName(agent: string = navigator.userAgent): string {
  const of = (list: readonly [RegExp, string][], otherwise: string): string => list.find(([r]) => r.test(agent))?.[1] ?? otherwise
  return `${of(NAMES, '浏览器')} · ${of(SYSTEMS, '其他系统')}`
}
