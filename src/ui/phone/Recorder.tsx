// 语音 and 短视频 with a report: sound recorded here, pictures by the phone's own camera. Both bounded in length and size, sent up at once.
import { useEffect, useRef, useState } from 'react'
import { asRefused } from '../api.ts'
import { uploadClip } from './kept_photos.ts'

export interface TakenClip { file_id: string; kind: 'voice' | 'video'; seconds: number; url: string }
const VIDEO_MAX_BYTES = 30 * 1024 * 1024
const TYPES = ['audio/mp4', 'audio/webm;codecs=opus', 'audio/webm']
const canRecord = (): boolean => typeof MediaRecorder !== 'undefined' && navigator.mediaDevices !== undefined

/** What a browser recorded itself says its length only at the end of it. */
async function secondsOf(blob: Blob, tag: 'audio' | 'video'): Promise<number> {
  const url = URL.createObjectURL(blob)
  try {
    const el = document.createElement(tag)
    el.preload = 'metadata'
    const heard = (name: string) => new Promise<void>((done, fail) => { el.addEventListener(name, () => done(), { once: true }); el.addEventListener('error', () => fail(new Error('不能播放')), { once: true }) })
    const ready = heard('loadedmetadata')
    el.src = url
    await ready
    if (Number.isFinite(el.duration)) return el.duration
    const end = heard('durationchange')
    el.currentTime = 1e7
    await end
    return el.duration
  } finally {
    URL.revokeObjectURL(url)
  }
}

interface Props { clips: readonly TakenClip[]; set: (c: TakenClip[]) => void; voice_seconds: number; video_seconds: number }
export function Clips({ clips, set, voice_seconds, video_seconds }: Props) {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState('')
  const send = async (blob: Blob, kind: TakenClip['kind'], known?: number): Promise<void> => {
    setFault('')
    setBusy(true)
    try {
      const exact = known ?? (await secondsOf(blob, kind === 'voice' ? 'audio' : 'video').catch(() => undefined))
      const max = kind === 'voice' ? voice_seconds : video_seconds
      if (exact === undefined) return setFault('这段内容不能播放,请换一种方式录制')
      if (Math.floor(exact) > max) return setFault(`${kind === 'voice' ? '语音' : '视频'}长 ${Math.ceil(exact)} 秒,最多 ${max} 秒,请重新录制`)
      if (blob.size > VIDEO_MAX_BYTES) return setFault('视频超过 30 MB,请拍短一些')
      const file_id = await uploadClip(blob, kind)
      set([...clips.filter((c) => c.kind !== kind), { file_id, kind, seconds: Math.min(max, Math.max(1, Math.round(exact))), url: URL.createObjectURL(blob) }])
    } catch (error) {
      setFault(asRefused(error).message)
    } finally {
      setBusy(false)
    }
  }
  const away = (c: TakenClip): void => {
    URL.revokeObjectURL(c.url)
    set(clips.filter((x) => x !== c))
  }
  const has = (kind: TakenClip['kind']): boolean => clips.some((c) => c.kind === kind)
  return (
    <div className="ph-field" role="group" aria-label="语音与视频">
      <span className="ph-legend">语音、视频(选填)</span>
      {clips.map((c) => <div key={c.file_id} className="ph-between">{c.kind === 'voice' ? <audio className="clip-voice" controls src={c.url} aria-label={`语音 ${c.seconds} 秒`} /> : <video className="clip-video" controls playsInline src={c.url} aria-label={`视频 ${c.seconds} 秒`} />}<button type="button" className="ph-text-button" onClick={() => away(c)}>删除{c.kind === 'voice' ? '语音' : '视频'}</button></div>)}
      <div className="ph-two">
        {has('voice') ? null : canRecord() ? <Voice max={voice_seconds} disabled={busy} done={(b, s) => void send(b, 'voice', s)} fail={setFault} /> : <FileButton label="录语音" accept="audio/*" disabled={busy} take={(f) => void send(f, 'voice')} />}
        {has('video') ? null : <FileButton label={busy ? '上传中' : `拍视频(${video_seconds} 秒内)`} accept="video/*" disabled={busy} take={(f) => void send(f, 'video')} />}
      </div>
      {fault ? <p className="ph-fault" role="alert">{fault}</p> : null}
    </div>
  )
}

function FileButton({ label, accept, disabled, take }: { label: string; accept: string; disabled: boolean; take: (f: File) => void }) {
  return <label className="clip-file">{label}<input type="file" accept={accept} capture="environment" aria-label={label} disabled={disabled} onChange={(e) => { const f = e.target.files?.[0]; if (f) take(f); e.target.value = '' }} /></label>
}

/** One press begins, one ends; at the bound it ends by itself. */
function Voice({ max, disabled, done, fail }: { max: number; disabled: boolean; done: (b: Blob, seconds: number) => void; fail: (why: string) => void }) {
  const [since, setSince] = useState<number>()
  const [now, setNow] = useState(0)
  const recorder = useRef<MediaRecorder>(undefined)
  useEffect(() => () => { if (recorder.current?.state === 'recording') recorder.current.stop() }, [])
  useEffect(() => {
    if (since === undefined) return
    const timer = setInterval(() => {
      const t = performance.now()
      setNow(t)
      if (t - since >= max * 1000 && recorder.current?.state === 'recording') recorder.current.stop()
    }, 250)
    return () => clearInterval(timer)
  }, [since, max])
  const start = async (): Promise<void> => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      const mimeType = TYPES.find((x) => MediaRecorder.isTypeSupported(x))
      const r = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: 32_000 })
      const parts: Blob[] = []
      const began = performance.now()
      r.ondataavailable = (e) => { if (e.data.size) parts.push(e.data) }
      r.onstop = () => {
        stream.getTracks().forEach((x) => x.stop())
        setSince(undefined)
        if (parts.length) done(new Blob(parts, { type: r.mimeType }), Math.min(max, Math.max(1, (performance.now() - began) / 1000)))
      }
      recorder.current = r
      r.start(1000)
      setNow(began)
      setSince(began)
    } catch {
      fail('麦克风打不开:请在浏览器里允许使用麦克风,或用文字说明')
    }
  }
  const seconds = since === undefined ? 0 : Math.floor((now - since) / 1000)
  return <button type="button" className="clip-file" aria-pressed={since !== undefined} disabled={disabled} onClick={() => (since === undefined ? void start() : recorder.current?.stop())}>{since === undefined ? '录语音' : `停止(${seconds} / ${max} 秒)`}</button>
}
