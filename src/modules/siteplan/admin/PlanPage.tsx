// 平面图: what stands where and how it is now; the list beside it holds the same points, for the keyboard and where there is no picture. Everything chosen stands in the address.
import { Alert, Button, Dropdown, Input, Segmented, Select } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { Go, useSearchState, writeSearch } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { BoardPage } from '../../../ui/pages.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { SHOWN, SUBJECTS, siteplan, type Candidate, type Pin, type PlanRow, type SubjectKind } from '../contract.ts'
import { pinName, said, stateText } from '../shown.ts'
import { DrawSide, type Tool } from './DrawSide.tsx'
import { PinDrawer } from './PinDrawer.tsx'
import { Sheet, type Point } from './Sheet.tsx'
import './siteplan.css'

const AGAIN_MS = 5_000
const ZOOMS = [1, 1.5, 2, 3, 4]
const zoomOf = (text: string | undefined): number => ZOOMS.find((z) => String(z) === text) ?? 1
const ORDER = { bad: 0, warn: 1, good: 2, plain: 3 }

export default function PlanPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const writes = useMay()('siteplan.plan.write')
  const list = useRead(siteplan.plans, place_id ? { community_id: place_id } : {})
  const plans = list.data?.rows ?? []
  const chosen = search['plan'] ?? (plans.find((p) => p.version) ?? plans[0])?.plan_id
  const lost = useDeepLink()
  if (list.data && !chosen) return <BoardPage title="平面图" loading={false} error={null} retry={list.retry}><EmptyBlock text={place_id ? '这个小区还没有平面图' : '还没有平面图'} next={writes ? <Go to="/siteplan/setup">去新增并上传</Go> : null} /></BoardPage>
  if (!chosen) return <BoardPage title="平面图" loading={list.loading} error={list.error} retry={list.retry}>{null}</BoardPage>
  return <One key={chosen} plan_id={chosen} plans={plans} lost={lost} choose={(plan) => setSearch({ plan, pin: undefined, v: undefined, edit: undefined })} />
}
/** `at=device.<id>` from an alarm, a camera, a device: the closest plan it stands on, with its point chosen. Gives the kind of what stands on none. */
function useDeepLink(): SubjectKind | undefined {
  const [search, setSearch] = useSearchState()
  const [kind, subject_id] = (search['at'] ?? '').split('.') as [SubjectKind, string?]
  const good = SUBJECTS.includes(kind) && subject_id !== undefined && /^[0-9a-f-]{36}$/.test(subject_id)
  const where = useRead(siteplan.where, { kind, subject_id: subject_id ?? '' }, { enabled: good })
  const first = where.data?.rows[0]
  useEffect(() => { if (first && good) setSearch({ at: undefined, plan: first.plan_id, pin: first.pin_id }) }, [first, good, setSearch])
  return good && where.data && !first ? kind : undefined
}
function One({ plan_id, plans, lost, choose }: { plan_id: string; plans: readonly PlanRow[]; lost: SubjectKind | undefined; choose: (plan_id: string) => void }) {
  const [search, setSearch] = useSearchState()
  const version_id = search['v']
  const plan = useRead(siteplan.plan, { plan_id, ...(version_id ? { version_id } : {}) }, { refresh_ms: AGAIN_MS, keep: true })
  const p = plan.data
  const v = p?.version
  const edit = search['edit'] === '1' && p?.can.write === true && v !== null && v?.state !== 'past'
  const only = search['kind']
  const [typed, setTyped] = useState('')
  const draw = useDrawing(v?.version_id ?? '', p?.kinds ?? [])
  const pins = (p?.pins ?? []).filter((x) => edit || !only || (only === 'bad' ? x.tone === 'bad' || x.tone === 'warn' : x.shown === only))
  const on = p?.pins.find((x) => x.pin_id === search['pin'])
  const pick = useCallback((pin: string | undefined) => setSearch({ pin }), [setSearch])
  const zoom = zoomOf(search['z'])
  const step = (by: number): void => setSearch({ z: String(ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(zoom) + by))]) })
  return (
    <BoardPage
      title="平面图" loading={plan.loading} error={plan.error} retry={plan.retry}
      legend={<>{plans.length > 0 ? <Select aria-label="平面图" style={{ minWidth: 180 }} value={plan_id} options={plans.map((x) => ({ value: x.plan_id, label: `${plans.some((y) => y.community_id !== x.community_id) ? `${x.community_name} ` : ''}${x.name}` }))} onChange={choose} /> : null}{p ? <span className="hy-muted">{p.counts.alarm > 0 ? <span className="hy-red hy-strong">报警 {p.counts.alarm} </span> : null}{p.counts.bad > 0 ? <span className="hy-red">异常 {p.counts.bad} </span> : null}{p.counts.warn > 0 ? `注意 ${p.counts.warn} ` : ''}{instant(p.now_at, { seconds: true }).slice(11, 19)}{v ? ` · 第 ${v.version_no} 版` : ''}</span> : null}</>}
      actions={<>
        <Button aria-label="缩小" disabled={zoom === ZOOMS[0]} onClick={() => step(-1)}>−</Button><Button aria-label="放大" disabled={zoom === ZOOMS.at(-1)} onClick={() => step(1)}>+</Button>
        {v ? <Dropdown menu={{ items: (['escape', 'all'] as const).flatMap((what) => (['a4', 'a3'] as const).map((paper) => ({ key: `${what} ${paper}`, label: <a target="_blank" rel="noreferrer" href={fileUrl(siteplan.paper, { plan_id, paper, what, ...(version_id ? { version_id } : {}) })}>{what === 'escape' ? '疏散示意图' : '全部点位和清单'} {paper.toUpperCase()}</a> }))) }}><Button>打印</Button></Dropdown> : null}
        {p?.can.write === true ? <Go to="/siteplan/setup">管理</Go> : null}
        {p?.can.write === true && v && v.state !== 'past' ? <Button type={edit ? 'primary' : 'default'} aria-pressed={edit} onClick={() => { draw.stop(); setSearch({ edit: edit ? undefined : '1' }) }}>{edit ? '完成编辑' : '编辑'}</Button> : null}
      </>}
      side={p ? (edit && v ? <DrawSide version_id={v.version_id} kinds={p.kinds} lines={p.lines} {...draw.side} /> : <PinList pins={pins} all={p.pins} only={only} setOnly={(kind) => setSearch({ kind })} typed={typed} setTyped={setTyped} on={on?.pin_id} pick={pick} />) : null}
    >
      {lost ? <Alert banner type="warning" title={`这${lost === 'camera' ? '台摄像机' : lost === 'door' ? '扇门' : '个对象'}还没有放到平面图上`} description={p?.can.write === true ? '点「编辑」,在左边选中它,再点图上的位置。' : '请有「维护平面图」权限的同事放上去。'} closable={{ onClose: () => setSearch({ at: undefined }) }} /> : null}
      {v && v.state !== 'now' ? <Alert banner type="info" title={v.state === 'future' ? `这一版从 ${v.from_on} 起生效` : `这是 ${v.from_on} 起的第 ${v.version_no} 版,已被新版代替;点的状态是现在的`} action={<Go to={`/siteplan${writeSearch({ plan: plan_id })}`}>看现行版</Go>} /> : null}
      {p && !v ? <EmptyBlock text="这张图还没有图片" next={p.can.write === true ? <Go to="/siteplan/setup">去上传</Go> : null} /> : null}
      {p && v ? <Sheet version={v} name={p.name} pins={pins} lines={p.lines} drawing={draw.side.drawing} zoom={zoom} on={on?.pin_id} edit={edit} choose={pick} move={draw.move} put={edit ? draw.side.put : undefined} through={!edit ? undefined : draw.side.tool.what === 'subject' ? (draw.side.tool.kind === 'building' ? undefined : 'names') : 'all'} /> : null}
      {on ? <PinDrawer key={on.pin_id} pin={on} edit={edit} close={() => pick(undefined)} /> : null}
    </BoardPage>
  )
}
/** What is being put where, while drawing. */
function useDrawing(version_id: string, kinds: readonly SubjectKind[]) {
  const [tool, setTool] = useState<Tool>()
  const [chosen, setChosen] = useState<Candidate>()
  const [drawing, setDrawing] = useState<readonly Point[]>([])
  const place = useWrite(siteplan.placePin)
  const shift = useWrite(siteplan.movePin)
  const now: Tool = tool ?? { what: 'subject', kind: kinds[0] ?? 'building', q: '', anywhere: false }
  const put = (at: Point): void => {
    const to = { version_id, x_permille: at[0], y_permille: at[1] }
    if (now.what === 'line') setDrawing((d) => [...d, at])
    else if (now.what === 'mark') void (now.mark === 'text' && !now.label.trim() ? undefined : place.run({ ...to, kind: 'mark', mark: now.mark, label: now.label.trim() || null }))
    else if (chosen && !place.running) void place.run({ ...to, kind: now.kind, subject_id: chosen.subject_id })
  }
  return { side: { tool: now, setTool, chosen, setChosen, drawing, setDrawing, put }, move: (pin_id: string, at: Point) => void shift.run({ pin_id, x_permille: at[0], y_permille: at[1] }, pin_id), stop: () => { setDrawing([]); setChosen(undefined) } }
}
function PinList({ pins, all, only, setOnly, typed, setTyped, on, pick }: { pins: readonly Pin[]; all: readonly Pin[]; only: string | undefined; setOnly: (k: string | undefined) => void; typed: string; setTyped: (t: string) => void; on: string | undefined; pick: (id: string) => void }) {
  const bad = all.filter((p) => p.tone === 'bad' || p.tone === 'warn').length
  const found = pins.filter((p) => typed === '' || `${pinName(p)} ${p.place} ${p.building_name ?? ''}`.includes(typed))
  return (
    <div className="sp-list">
      <Segmented block aria-label="看哪些" value={only === 'bad' ? 'bad' : 'all'} options={[{ value: 'all', label: '全部' }, { value: 'bad', label: `只看异常 ${bad}` }]} onChange={(k) => setOnly(k === 'bad' ? 'bad' : undefined)} />
      <Select allowClear aria-label="种类" placeholder="全部种类" value={only && only !== 'bad' ? only : undefined} options={SHOWN.filter((k) => all.some((p) => p.shown === k)).map((k) => ({ value: k, label: `${said('shown', k)} ${all.filter((p) => p.shown === k).length}` }))} onChange={(k) => setOnly(k)} />
      <Input allowClear aria-label="查找" placeholder="编号、名称、位置" value={typed} onChange={(e) => setTyped(e.target.value)} />
      {found.length === 0 ? <p className="hy-muted">{all.length === 0 ? '图上还没有您能看的点' : '没有符合的点'}</p> : null}
      {SHOWN.map((k) => {
        const rows = found.filter((p) => p.shown === k).toSorted((a, b) => ORDER[a.tone] - ORDER[b.tone])
        return rows.length === 0 ? null : <div key={k}><h3>{said('shown', k)} {rows.length}</h3><ul aria-label={said('shown', k)}>{rows.map((p) => <li key={p.pin_id}><button type="button" aria-pressed={p.pin_id === on} onClick={() => pick(p.pin_id)}><span>{pinName(p)}</span><span className={`sp-tag sp-t-${p.tone}`}>{stateText(p)}</span></button></li>)}</ul></div>
      })}
    </div>
  )
}
