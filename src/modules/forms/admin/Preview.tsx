// The PDF that would be printed, of a real paper; made anew when the layout rests for a moment.
import { Alert, Select, Spin } from 'antd'
import { useEffect, useState } from 'react'
import { asRefused, readNow, useRead } from '../../../ui/api.ts'
import { forms, type Design, type Paper } from '../contract.ts'

const REST_MS = 600

export function Preview({ kind, paper, community_id, design }: { kind: string; paper: Paper; community_id: string | null; design: Design }) {
  const place = community_id ? { community_id } : {}
  const subjects = useRead(forms.subjects, { kind, ...place })
  const [subject_id, setSubject] = useState<string>()
  const [made, setMade] = useState<{ url?: string; subject?: string | null; error?: string; busy: boolean }>({ busy: true })
  const text = JSON.stringify(design)
  useEffect(() => {
    let over = false
    const timer = setTimeout(() => {
      setMade((m) => ({ ...m, busy: true }))
      readNow(forms.preview, { kind, paper, design: JSON.parse(text) as Design, ...(community_id ? { community_id } : {}), ...(subject_id ? { subject_id } : {}) }).then(
        (r) => {
          if (over) return
          const url = URL.createObjectURL(new Blob([Uint8Array.from(atob(r.pdf), (c) => c.charCodeAt(0))], { type: 'application/pdf' }))
          setMade((m) => { if (m.url) URL.revokeObjectURL(m.url); return { url, subject: r.subject, busy: false } })
        },
        (e: unknown) => { if (!over) setMade((m) => ({ ...(m.url ? { url: m.url } : {}), error: asRefused(e).message, busy: false })) },
      )
    }, REST_MS)
    return () => { over = true; clearTimeout(timer) }
  }, [kind, paper, community_id, text, subject_id])
  return (
    <div className="fm-preview">
      <div className="hy-line">
        <strong>预览</strong>
        <Select aria-label="预览用的单据" style={{ flex: 1, minWidth: 0 }} placeholder={subjects.data?.rows.length === 0 ? '还没有这种单据,用示例预览' : '最近一张'} allowClear value={subject_id} options={subjects.data?.rows.map((s) => ({ value: s.subject_id, label: s.label })) ?? []} onChange={(v?: string) => setSubject(v)} />
        {made.busy ? <Spin size="small" aria-label="正在生成" /> : null}
        {made.url ? <a href={made.url} target="_blank" rel="noreferrer">新窗口打开</a> : null}
      </div>
      {made.error ? <Alert type="error" showIcon title={made.error} /> : null}
      {made.url ? <iframe title="单据预览" src={`${made.url}#toolbar=0&navpanes=0&view=FitH`} /> : null}
    </div>
  )
}
