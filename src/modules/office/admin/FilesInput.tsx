// Files of a version: those that it has, and those sent up now.
import { Button } from 'antd'
import { useState } from 'react'
import type { Control } from '../../../ui/fields.tsx'
import { Upload } from '../../../ui/Upload.tsx'

export function FilesInput({ value, onChange, max, known }: Control & { max: number; known: readonly { file_id: string; name: string }[] }) {
  const ids = (value as string[] | undefined) ?? []
  const [names, setNames] = useState<Record<string, string>>(() => Object.fromEntries(known.map((f) => [f.file_id, f.name])))
  return (
    <div className="hy-stack">
      {ids.length < max ? <Upload purpose="proof" accept=".pdf,.doc,.docx,.xls,.xlsx,.jpg,.png" label="选择附件" hint={`最多 ${max} 个`} onDone={(f) => { setNames((n) => ({ ...n, [f.file_id]: f.name })); onChange?.([...ids, f.file_id]) }} /> : null}
      {ids.map((id) => <div key={id} className="hy-line"><span>{names[id]}</span><Button size="small" type="link" aria-label={`删除 ${names[id] ?? ''}`} onClick={() => onChange?.(ids.filter((x) => x !== id))}>删除</Button></div>)}
    </div>
  )
}
