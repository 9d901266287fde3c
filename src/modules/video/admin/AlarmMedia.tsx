// On the page of an alarm: the pictures of its moment, and the clips. Pictures are shown at once (seeing them is a view on record), clips when they are opened.
import { Button } from 'antd'
import { useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { instant } from '../../../ui/format.ts'
import { useMay } from '../../../ui/session.ts'
import { video, type ClipRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { useKept } from './kept.ts'
import { KeptModal } from './KeptModal.tsx'
import './video.css'

const REFRESH_MS = 5000
const SHOWN = 24
export function AlarmMedia({ id }: { id: string }) {
  const clips = useRead(video.clips, { alarm_id: id, page_size: SHOWN }, { refresh_ms: REFRESH_MS, keep: true })
  const [open, setOpen] = useState<ClipRow>()
  const rows = clips.data?.rows ?? []
  if (rows.length === 0) return null
  return (
    <section className="hy-card hy-stack" aria-label="现场画面">
      <div className="hy-head"><h2>现场画面</h2><span className="hy-muted">观看已记录</span></div>
      <div className="vd-kept">{rows.map((r) => <Item key={r.clip_id} row={r} open={() => setOpen(r)} />)}</div>
      {open ? <KeptModal key={open.clip_id} row={open} close={() => setOpen(undefined)} /> : null}
    </section>
  )
}
function Item({ row, open }: { row: ClipRow; open: () => void }) {
  const may = useMay()('video.clip.watch')
  const shows = row.state === 'kept' && row.can.watch === true
  return (
    <figure>
      {shows && row.kind === 'still' && may ? <Still row={row} open={open} /> : <div className="vd-kept-box">{shows ? <Button onClick={open}>{row.kind === 'clip' ? `看录像${row.seconds === null ? '' : `(${row.seconds} 秒)`}` : '看画面'}</Button> : <StateTag value={row.state} words={words.states!['clip']} tones={{ kept: 'good', waiting: 'busy', failed: 'bad', deleted: 'plain' }} />}{row.fault ? <p className="hy-muted">{said('fault', row.fault)}</p> : null}</div>}
      <figcaption>{row.camera_name} {said('clip_kind', row.kind)} {instant(row.from_at, { seconds: true })}</figcaption>
    </figure>
  )
}
function Still({ row, open }: { row: ClipRow; open: () => void }) {
  const { kept, fault } = useKept(row.clip_id)
  if (fault || !kept) return <div className="vd-kept-box"><p role={fault ? 'alert' : 'status'}>{fault ?? '正在取 …'}</p></div>
  return <button type="button" className="vd-kept-box" onClick={open} aria-label={`放大 ${row.camera_name} 快照`}><img src={kept.url} alt={row.title} /></button>
}
