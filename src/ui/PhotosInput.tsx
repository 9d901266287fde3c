// Photos to send with a form, as one of its controls.
import { Button } from 'antd'
import { useState } from 'react'
import type { Control } from './fields.tsx'
import { Upload } from './Upload.tsx'

export function PhotosInput({ value, onChange, max }: Control & { max: number }) {
  const ids = (value as string[] | undefined) ?? []
  const [names, setNames] = useState<Record<string, string>>({})
  return (
    <div>
      {ids.length < max ? <Upload purpose="photo" accept="image/jpeg,image/png" label="选择照片" onDone={(f) => { setNames((n) => ({ ...n, [f.file_id]: f.name })); onChange?.([...ids, f.file_id]) }} /> : null}
      {ids.map((id) => <div key={id} className="hy-line"><span>{names[id]}</span><Button size="small" type="link" onClick={() => onChange?.(ids.filter((x) => x !== id))}>删除</Button></div>)}
    </div>
  )
}
export const photosControl = (max: number) => (c: Control) => <PhotosInput {...c} max={max} />
