// A voice note or a short video, fetched when somebody wants it: an iPhone plays nothing that a server sends without ranges, from its own memory it does.
import { useEffect, useState } from 'react'

export function ClipPlayer({ url, kind, seconds }: { url: string; kind: 'voice' | 'video'; seconds: number }) {
  const [src, setSrc] = useState<string>()
  const [state, setState] = useState<'rest' | 'loading' | 'failed'>('rest')
  useEffect(() => () => { if (src) URL.revokeObjectURL(src) }, [src])
  const open = async (): Promise<void> => {
    setState('loading')
    try {
      const r = await fetch(url)
      if (!r.ok) throw new Error(String(r.status))
      setSrc(URL.createObjectURL(await r.blob()))
      setState('rest')
    } catch {
      setState('failed')
    }
  }
  const zh = kind === 'voice' ? '语音' : '视频'
  if (src && kind === 'voice') return <audio className="clip-voice" controls autoPlay src={src} aria-label={`${zh} ${seconds} 秒`} />
  if (src) return <video className="clip-video" controls autoPlay playsInline src={src} aria-label={`${zh} ${seconds} 秒`} />
  return <button type="button" className="clip-open" disabled={state === 'loading'} onClick={() => void open()}>▶ {zh} {seconds} 秒{state === 'loading' ? ',正在取' : state === 'failed' ? ',没有取到,再试一次' : ''}</button>
}
