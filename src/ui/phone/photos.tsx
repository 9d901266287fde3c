// Photos with a report or a finished job: taken or chosen, made small on the phone, sent at once, shown as small pictures.
import { useId, useState } from 'react'
import { Refused, asRefused, faceName } from '../api.ts'
import { Icon } from './icons.tsx'

const SIDE_MAX = 1600
const QUALITY = 0.75
export interface Taken {
  file_id: string
  url: string
}

/** A JPEG of at most 1600 pixels a side, some 250 KB. */
async function shrunk(file: Blob): Promise<Blob> {
  const image = await createImageBitmap(file)
  const scale = Math.min(1, SIDE_MAX / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(image.width * scale))
  canvas.height = Math.max(1, Math.round(image.height * scale))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  image.close()
  return new Promise((done, fail) => canvas.toBlob((b) => (b ? done(b) : fail(new Error('照片打不开,请重新拍'))), 'image/jpeg', QUALITY))
}
async function upload(blob: Blob): Promise<string> {
  const r = await fetch('/up/photo', { method: 'POST', headers: { 'content-type': 'application/octet-stream', 'x-face': faceName(), 'x-file-name': 'photo.jpg' }, body: blob })
  const answer = (await r.json().catch(() => ({}))) as { file_id?: string; error?: string; message?: string }
  if (r.ok && answer.file_id) return answer.file_id
  throw new Refused(r.status, { error: answer.error ?? 'kernel.fault', message: answer.message ?? '照片没有上传成功,请重试' })
}

/** `camera`: opens the camera first, as on a job; else the phone asks where from. */
export function Photos({ label, photos, set, max, camera = false }: { label: string; photos: readonly Taken[]; set: (photos: Taken[]) => void; max: number; camera?: boolean }) {
  const id = useId()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState('')
  const take = async (files: readonly File[]): Promise<void> => {
    setFault('')
    setBusy(true)
    const made: Taken[] = []
    try {
      for (const file of files.slice(0, max - photos.length)) {
        const blob = await shrunk(file)
        made.push({ file_id: await upload(blob), url: URL.createObjectURL(blob) })
      }
    } catch (error) {
      setFault(asRefused(error).message)
    } finally {
      if (made.length) set([...photos, ...made])
      setBusy(false)
    }
  }
  const drop = (p: Taken): void => {
    URL.revokeObjectURL(p.url)
    set(photos.filter((x) => x !== p))
  }
  return (
    <div className="ph-field">
      <span className="ph-legend" id={id}>{label}(最多 {max} 张)</span>
      <div className="ph-photos" role="group" aria-labelledby={id}>
        {photos.map((p, i) => (
          <span key={p.file_id} className="ph-photo">
            <img src={p.url} alt={`照片 ${i + 1}`} />
            <button type="button" aria-label={`删除照片 ${i + 1}`} onClick={() => drop(p)}>×</button>
          </span>
        ))}
        {photos.length < max ? (
          <label className="ph-photo ph-photo-add">
            <Icon name="camera" />
            <span className="ph-small">{busy ? '上传中' : '拍照'}</span>
            <input type="file" accept="image/*" multiple={!camera} {...(camera ? { capture: 'environment' as const } : {})} aria-label={label} disabled={busy} onChange={(e) => { void take([...(e.target.files ?? [])]); e.target.value = '' }} />
          </label>
        ) : null}
      </div>
      {fault ? <p className="ph-fault" role="alert">{fault}</p> : null}
    </div>
  )
}

/** Photos that are there, each opens in full. */
export function PhotoStrip({ urls, label }: { urls: readonly string[]; label: string }) {
  if (urls.length === 0) return null
  return <div className="ph-photos">{urls.map((u, i) => <a key={u} className="ph-photo" href={u} target="_blank" rel="noreferrer"><img src={u} alt={`${label} ${i + 1}`} loading="lazy" /></a>)}</div>
}
