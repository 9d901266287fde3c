// Photos with a report or a finished job, taken or chosen, made small on the phone and shown as small pictures: sent at once (`Photos`), or kept
// on the phone and sent with an entry of the outbox (`KeptPhotos`).
import { useId, useState } from 'react'
import { asRefused } from '../api.ts'
import { Icon } from './icons.tsx'
import { dropPhotos, keepPhoto, newPhotoKey, shrink, uploadPhoto, type PhotoPurpose } from './kept_photos.ts'

export interface Taken {
  file_id: string
  url: string
}
/** A photo in the phone's memory. */
export interface Kept {
  key: string
  url: string
}

interface Grid<T> {
  label: string
  photos: readonly T[]
  set: (photos: T[]) => void
  max: number
  /** Opens the camera first, as on a job; else the phone asks where from. */
  camera?: boolean
}
export const Photos = ({ purpose = 'photo', ...g }: Grid<Taken> & { purpose?: PhotoPurpose }) => <PhotoGrid {...g} nameOf={(p) => p.file_id} make={async (blob) => ({ file_id: await uploadPhoto(blob, purpose), url: URL.createObjectURL(blob) })} busy="上传中" />
export function KeptPhotos({ owner, ...g }: Grid<Kept> & { owner: string }) {
  const make = async (blob: Blob): Promise<Kept> => {
    const key = newPhotoKey(owner)
    await keepPhoto(key, blob)
    return { key, url: URL.createObjectURL(blob) }
  }
  return <PhotoGrid {...g} nameOf={(p) => p.key} make={make} drop={(p) => void dropPhotos([p.key])} busy="处理中" />
}

function PhotoGrid<T extends { url: string }>({ label, photos, set, max, camera = false, nameOf, make, drop, busy: busy_text }: Grid<T> & { nameOf: (p: T) => string; make: (blob: Blob) => Promise<T>; drop?: (p: T) => void; busy: string }) {
  const id = useId()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState('')
  const take = async (files: readonly File[]): Promise<void> => {
    setFault('')
    setBusy(true)
    const made: T[] = []
    try {
      for (const file of files.slice(0, max - photos.length)) made.push(await make(await shrink(file)))
    } catch (error) {
      setFault(asRefused(error).message)
    } finally {
      if (made.length) set([...photos, ...made])
      setBusy(false)
    }
  }
  const away = (p: T): void => {
    URL.revokeObjectURL(p.url)
    drop?.(p)
    set(photos.filter((x) => x !== p))
  }
  return (
    <div className="ph-field">
      <span className="ph-legend" id={id}>{label}(最多 {max} 张)</span>
      <div className="ph-photos" role="group" aria-labelledby={id}>
        {photos.map((p, i) => (
          <span key={nameOf(p)} className="ph-photo">
            <img src={p.url} alt={`照片 ${i + 1}`} />
            <button type="button" aria-label={`删除照片 ${i + 1}`} onClick={() => away(p)}>×</button>
          </span>
        ))}
        {photos.length < max ? (
          <label className="ph-photo ph-photo-add">
            <Icon name="camera" />
            <span className="ph-small">{busy ? busy_text : '拍照'}</span>
            <input type="file" accept="image/*" multiple={!camera} {...(camera ? { capture: 'environment' as const } : {})} aria-label={label} disabled={busy} onChange={(e) => { void take([...(e.target.files ?? [])]); e.target.value = '' }} />
          </label>
        ) : null}
      </div>
      {fault ? <p className="ph-fault" role="alert">{fault}</p> : null}
    </div>
  )
}

/** One picture, of whoever holds the phone or stands before it; where it goes is the caller's. What `take` throws is a picture that cannot be opened. */
export function OnePhoto({ label, hint, url, take }: { label: string; hint: string; url: string | undefined; take: (file: File) => Promise<void> }) {
  const id = useId()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState('')
  const pick = async (file: File | undefined): Promise<void> => {
    if (!file) return
    setFault('')
    setBusy(true)
    try {
      await take(file)
    } catch {
      setFault('照片打不开,请重新拍')
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="ph-field">
      <span className="ph-legend" id={id}>{label}</span>
      <div className="ph-photos" role="group" aria-labelledby={id}>
        {url ? <span className="ph-photo"><img src={url} alt={label} /></span> : null}
        <label className="ph-photo ph-photo-add">
          <Icon name="camera" />
          <span className="ph-small">{busy ? '处理中' : url ? '重拍' : '拍照'}</span>
          <input type="file" accept="image/*" capture="user" aria-label={label} disabled={busy} onChange={(e) => { void pick(e.target.files?.[0]); e.target.value = '' }} />
        </label>
      </div>
      <p className="ph-weak ph-small">{hint}</p>
      {fault ? <p className="ph-fault" role="alert">{fault}</p> : null}
    </div>
  )
}

/** Photos that are there, each opens in full. */
export function PhotoStrip({ urls, label }: { urls: readonly string[]; label: string }) {
  if (urls.length === 0) return null
  return <div className="ph-photos">{urls.map((u, i) => <a key={u} className="ph-photo" href={u} target="_blank" rel="noreferrer"><img src={u} alt={`${label} ${i + 1}`} loading="lazy" /></a>)}</div>
}
