// An instant typed as the browser offers it (day and minute), given on as ISO of Beijing time; photos to send with a form.
import { Button } from 'antd'
import { useState } from 'react'
import { instant } from '../../../ui/format.ts'
import { Upload } from '../../../ui/Upload.tsx'
import { PHOTOS_MAX } from '../contract.ts'
import './care.css'

const toLocal = (iso: string): string => (iso ? instant(iso).replace(' ', 'T').slice(0, 16) : '')
export function MomentInput({ id, value, onChange }: { id?: string | undefined; value: string; onChange: (iso: string) => void }) {
  return <input id={id} type="datetime-local" className="care-moment" value={toLocal(value)} onChange={(e) => onChange(e.target.value ? new Date(`${e.target.value}:00+08:00`).toISOString() : '')} />
}
/** As a control of a form over a contract. */
export const momentControl = (c: { value?: unknown; onChange?: (value: unknown) => void; id?: string }) => <MomentInput id={c.id} value={(c.value as string | undefined) ?? ''} onChange={(x) => c.onChange?.(x || null)} />

export function PhotosInput({ value, onChange }: { value?: unknown; onChange?: (value: unknown) => void; id?: string }) {
  const ids = (value as string[] | undefined) ?? []
  const [names, setNames] = useState<Record<string, string>>({})
  return (
    <div>
      {ids.length < PHOTOS_MAX ? <Upload purpose="photo" accept="image/jpeg,image/png" label="选择照片" onDone={(f) => { setNames((n) => ({ ...n, [f.file_id]: f.name })); onChange?.([...ids, f.file_id]) }} /> : null}
      {ids.map((id) => <div key={id} className="hy-line"><span>{names[id]}</span><Button size="small" type="link" onClick={() => onChange?.(ids.filter((x) => x !== id))}>删除</Button></div>)}
    </div>
  )
}
export const photosControl = (c: { value?: unknown; onChange?: (value: unknown) => void; id?: string }) => <PhotosInput {...c} />
