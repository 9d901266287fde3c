// While drawing: what is not on the plan yet, by kind; marks; ways out. The chosen one goes where the picture is clicked, and the next one is chosen by itself.
import { Button, Input, Segmented, Select } from 'antd'
import { useEffect } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { confirm } from '../../../ui/feedback.tsx'
import { ErrorBlock } from '../../../ui/states.tsx'
import { MARKS, siteplan, type Candidate, type Line, type Mark, type SubjectKind } from '../contract.ts'
import { pinName, said } from '../shown.ts'
import type { Point } from './Sheet.tsx'

export type Tool = { what: 'subject'; kind: SubjectKind; q: string; anywhere: boolean } | { what: 'mark'; mark: Mark; label: string } | { what: 'line'; kind: Line['kind'] }
interface Props {
  version_id: string
  kinds: readonly SubjectKind[]
  lines: readonly Line[]
  tool: Tool
  setTool: (t: Tool) => void
  chosen: Candidate | undefined
  setChosen: (c: Candidate | undefined) => void
  drawing: readonly Point[]
  setDrawing: (p: readonly Point[]) => void
  put: (at: Point) => void
}
const MIDDLE: Point = [500, 500]
export function DrawSide({ version_id, kinds, lines, tool, setTool, chosen, setChosen, drawing, setDrawing, put }: Props) {
  return (
    <div className="sp-list">
      <Segmented block aria-label="放什么" value={tool.what} options={[{ value: 'subject', label: '对象' }, { value: 'mark', label: '图例' }, { value: 'line', label: '路线' }]} onChange={(w) => { setDrawing([]); setChosen(undefined); setTool(w === 'subject' ? { what: 'subject', kind: kinds[0] ?? 'building', q: '', anywhere: false } : w === 'mark' ? { what: 'mark', mark: 'exit', label: '' } : { what: 'line', kind: 'escape' }) }} />
      {tool.what === 'subject' ? <Subjects version_id={version_id} kinds={kinds} tool={tool} setTool={setTool} chosen={chosen} setChosen={setChosen} put={put} /> : null}
      {tool.what === 'mark' ? (
        <>
          <Select aria-label="图例" value={tool.mark} options={MARKS.map((m) => ({ value: m, label: said('mark', m) }))} onChange={(mark) => setTool({ ...tool, mark })} />
          <Input aria-label="文字" placeholder={tool.mark === 'text' ? '要写的文字(必填)' : '说明(可不填)'} maxLength={30} value={tool.label} onChange={(e) => setTool({ ...tool, label: e.target.value })} />
          <p className="hy-muted">在图上点要放的位置。</p>
          <Button size="small" disabled={tool.mark === 'text' && tool.label.trim() === ''} onClick={() => put(MIDDLE)}>放到图中央</Button>
        </>
      ) : null}
      {tool.what === 'line' ? <Lines version_id={version_id} lines={lines} kind={tool.kind} setKind={(kind) => setTool({ what: 'line', kind })} drawing={drawing} setDrawing={setDrawing} /> : null}
    </div>
  )
}
function Subjects({ version_id, kinds, tool, setTool, chosen, setChosen, put }: Pick<Props, 'version_id' | 'kinds' | 'setTool' | 'chosen' | 'setChosen' | 'put'> & { tool: Tool & { what: 'subject' } }) {
  const list = useRead(siteplan.candidates, { version_id, kind: tool.kind, ...(tool.q.trim() ? { q: tool.q.trim() } : {}), anywhere: tool.anywhere }, { keep: true })
  const rows = list.data?.rows
  // Once the chosen one stands on the plan it leaves the list: the next one is chosen, so that fifty are placed by fifty clicks.
  useEffect(() => { if (rows && !list.fetching && !rows.some((r) => r.subject_id === chosen?.subject_id)) setChosen(rows[0]) }, [rows, list.fetching, chosen, setChosen])
  return (
    <>
      <Select aria-label="种类" value={tool.kind} options={kinds.map((k) => ({ value: k, label: said('subject', k) }))} onChange={(kind) => { setChosen(undefined); setTool({ ...tool, kind }) }} />
      <Input allowClear aria-label="查找" placeholder="编号、名称、位置" maxLength={40} value={tool.q} onChange={(e) => setTool({ ...tool, q: e.target.value })} />
      <label className="hy-line"><input type="checkbox" checked={tool.anywhere} onChange={(e) => setTool({ ...tool, anywhere: e.target.checked })} />也列出已在其他图上的</label>
      {list.error ? <ErrorBlock error={list.error} retry={list.retry} /> : null}
      <span className="hy-muted" aria-live="polite">{list.data ? (list.data.total === 0 ? '都放好了' : `还没有放的 ${list.data.total} 个;选中一个,再点图上的位置`) : '正在查找…'}</span>
      {chosen ? <Button size="small" onClick={() => put(MIDDLE)}>把「{pinName({ ...chosen, mark: null })}」放到图中央</Button> : null}
      <ul aria-label="还没有放的">{(rows ?? []).map((r) => <li key={r.subject_id}><button type="button" aria-pressed={chosen?.subject_id === r.subject_id} title={[r.building_name, r.place].filter(Boolean).join(' ')} onClick={() => setChosen(r)}><span>{pinName({ ...r, mark: null })}{r.elsewhere.length > 0 ? <small className="hy-muted"> 已在{r.elsewhere.join('、')}</small> : null}</span><span className="sp-tag hy-muted">{r.place.slice(0, 8)}</span></button></li>)}</ul>
      {list.data && list.data.total > list.data.rows.length ? <span className="hy-muted">只列出前 {list.data.rows.length} 个,请用查找</span> : null}
    </>
  )
}
function Lines({ version_id, lines, kind, setKind, drawing, setDrawing }: { version_id: string; lines: readonly Line[]; kind: Line['kind']; setKind: (k: Line['kind']) => void; drawing: readonly Point[]; setDrawing: (p: readonly Point[]) => void }) {
  const save = useWrite(siteplan.saveLine, { done: '已画好' })
  const remove = useWrite(siteplan.removeLine, { done: '已删除' })
  return (
    <>
      <Select aria-label="路线种类" value={kind} options={(['escape', 'fire_lane'] as const).map((k) => ({ value: k, label: said('line', k) }))} onChange={setKind} />
      <p className="hy-muted">按行走方向在图上依次点折点,最后一点是箭头。</p>
      <div className="hy-line"><Button size="small" type="primary" loading={save.running} disabled={drawing.length < 2} onClick={async () => { if (await save.run({ version_id, kind, points: drawing.map((p): Point => [...p]) })) setDrawing([]) }}>完成({drawing.length} 点)</Button><Button size="small" disabled={drawing.length === 0} onClick={() => setDrawing(drawing.slice(0, -1))}>退一点</Button><Button size="small" disabled={drawing.length === 0} onClick={() => setDrawing([])}>重画</Button></div>
      <ul aria-label="已有路线">{lines.map((l, i) => <li key={l.line_id} className="hy-line"><span>{said('line', l.kind)} {i + 1}({l.points.length} 点)</span><Button size="small" type="link" danger onClick={async () => { if (await confirm({ title: `删除${said('line', l.kind)} ${i + 1}?` })) await remove.run({ line_id: l.line_id }) }}>删除</Button></li>)}</ul>
    </>
  )
}
