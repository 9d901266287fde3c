// A kept clip or picture as the browser shows it. A still is one key picture as the camera sent it (MP4): here it becomes the JPEG that is shown and downloaded.
import { useEffect, useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { video } from '../contract.ts'
import { still } from './player.ts'

export interface Kept {
  url: string
  name: string
  kind: 'clip' | 'image'
}
const READY_MS = 10_000
const jpegOf = (mp4: Blob): Promise<Blob> =>
  new Promise((done, fail) => {
    const url = URL.createObjectURL(mp4)
    const v = document.createElement('video')
    const late = setTimeout(() => fail(new Error('浏览器没有解出画面')), READY_MS)
    const end = (run: () => void): void => { clearTimeout(late); URL.revokeObjectURL(url); run() }
    v.muted = true
    v.preload = 'auto'
    v.addEventListener('error', () => end(() => fail(new Error('浏览器没有解出画面'))))
    v.addEventListener('loadeddata', () => { const b64 = still(v); end(() => (b64 === null ? fail(new Error('浏览器没有解出画面')) : done(new Blob([Uint8Array.from(atob(b64), (c) => c.charCodeAt(0))], { type: 'image/jpeg' })))) })
    v.src = url
    v.load()
  })
/** Each opening is a view on record: once for a clip, however often the page is drawn. */
export function useKept(clip_id: string): { kept: Kept | undefined; fault: string | undefined } {
  const { run } = useWrite(video.watchClip, { invalidates: [], in_form: true })
  const [kept, setKept] = useState<Kept>()
  const [fault, setFault] = useState<string>()
  useEffect(() => {
    let url: string | undefined
    let over = false
    void (async () => {
      const t = await run({ clip_id })
      if (over) return
      if (!t) return setFault('没有取到文件,请刷新后再试')
      const r = await fetch(t.path)
      if (!r.ok) return setFault('没有取到文件,请刷新后再试')
      const blob = t.kind === 'still' ? await jpegOf(await r.blob()) : await r.blob()
      url = URL.createObjectURL(blob)
      if (over) URL.revokeObjectURL(url)
      else setKept({ url, name: t.name, kind: t.kind === 'clip' ? 'clip' : 'image' })
    })().catch((error: unknown) => { if (!over) setFault(error instanceof Error && /[一-龥]/.test(error.message) ? error.message : '没有取到文件,请刷新后再试') })
    return () => { over = true; if (url) URL.revokeObjectURL(url) }
    // Once for this clip.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [clip_id])
  return { kept, fault }
}
