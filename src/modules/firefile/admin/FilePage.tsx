// 消防安全档案: what is missing first, then the chapters; each figure opens its lines.
import { Alert, Button, Select, Tabs } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { ExcelButton, Figure } from '../../../ui/bits.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { firefile, type Asked, type Chapter, type Part } from '../contract.ts'
import { PaperDrawer, PapersTable, PartDrawer, ProfileDrawer, RuleDrawer } from './Forms.tsx'

const YEAR = 365
type Doing = { what: 'profile' } | { what: 'part'; row?: Part } | { what: 'paper' } | { what: 'rule' }
export default function FilePage() {
  const { place_id, places } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const community_id = place_id ?? places.find((p) => p.id === search['community_id'])?.id ?? places[0]?.id
  const asked: Asked = { community_id: community_id ?? '', from_on: search['from_on'] ?? addDays(today(), 1 - YEAR), to_on: search['to_on'] ?? today() }
  const file = useRead(firefile.file, asked, { enabled: community_id !== undefined, keep: true })
  const [doing, setDoing] = useState<Doing>()
  const close = (): void => setDoing(undefined)
  const f = file.data
  const missing = (f?.chapters ?? []).flatMap((c) => c.missing.map((m) => ({ key: c.key, title: c.title, m })))
  if (!community_id) return <ReadPage title="消防安全档案" loading={false} error={null} retry={file.retry}><EmptyBlock text="还没有小区" /></ReadPage>
  return (
    <ReadPage
      title={f ? `消防安全档案 · ${f.community_name}` : '消防安全档案'} loading={file.loading} error={file.error} retry={file.retry}
      actions={<><Button href={fileUrl(firefile.filePaper, asked)} target="_blank">打印 PDF</Button><ExcelButton call={firefile.fileSheet} input={asked} />{may('firefile.rule.write') ? <Button onClick={() => setDoing({ what: 'rule' })}>规则</Button> : null}{f?.can_write ? <><Button onClick={() => setDoing({ what: 'profile' })}>登记基本情况</Button><Button onClick={() => setDoing({ what: 'part' })}>新增重点部位</Button><Button type="primary" onClick={() => setDoing({ what: 'paper' })}>登记文书或培训</Button></> : null}</>}
      note={<div className="hy-line">{place_id ? null : <Select aria-label="小区" value={community_id} options={places.map((p) => ({ value: p.id, label: p.name }))} onChange={(v) => setSearch({ community_id: v })} />}<DaysInput label="时间段" value={[asked.from_on, asked.to_on]} onChange={([a, b]) => setSearch({ from_on: a, to_on: b })} /></div>}
    >
      {f ? (
        <div className="hy-stack">
          {missing.length > 0 ? <Alert type="error" showIcon title={`缺少或逾期 ${missing.length} 项`} description={<ul>{missing.map((x) => <li key={`${x.key} ${x.m}`}>{x.title}:{x.m}</li>)}</ul>} /> : <Alert type="success" showIcon title="没有缺项" />}
          {f.profile ? <Facts facts={[['责任人', f.profile.responsible], ['管理人', `${f.profile.manager} ${f.profile.phone}`], ['使用性质与规模', f.profile.use_words], ['管理组织', f.profile.organisation], ['说明', f.profile.note], ['登记', `${f.profile.made_by_name},${f.profile.from_on} 起`]]} /> : null}
          <Tabs activeKey={search['tab'] ?? f.chapters[0]!.key} onChange={(tab) => setSearch({ tab })} items={[...f.chapters.map((c) => ({ key: c.key, label: <span className={c.missing.length > 0 ? 'hy-red' : ''}>{c.title}{c.missing.length > 0 ? ` 缺${c.missing.length}` : ''}</span>, children: <One chapter={c} /> })), { key: 'register', label: '登记', children: <div className="hy-stack"><PapersTable papers={f.papers} can_write={f.can_write} /><Parts parts={f.parts} edit={f.can_write ? (row) => setDoing({ what: 'part', row }) : undefined} /></div> }]} />
        </div>
      ) : null}
      {doing?.what === 'profile' ? <ProfileDrawer community_id={community_id} now={f?.profile ?? null} close={close} /> : null}
      {doing?.what === 'part' ? <PartDrawer community_id={community_id} row={doing.row} close={close} /> : null}
      {doing?.what === 'paper' ? <PaperDrawer community_id={community_id} close={close} /> : null}
      {doing?.what === 'rule' ? <RuleDrawer close={close} /> : null}
    </ReadPage>
  )
}
function One({ chapter: c }: { chapter: Chapter }) {
  const may = useMay()
  const open = (x: { to: string | null; needs: string | null }): string | null => (x.to && (x.needs === null || may(x.needs)) ? x.to : null)
  return (
    <div className="hy-stack">
      <span className="hy-muted">{c.basis}</span>
      <div className="hy-figures">{c.figures.map((x) => <Figure key={x.label} label={x.label} value={<span className={x.bad ? 'hy-red' : ''}>{x.value}</span>} />)}</div>
      <span className="hy-line">{c.registers.filter((x) => may(x.needs)).map((x) => <Go key={x.to} to={x.to}>{x.label}</Go>)}</span>
      {c.missing.map((m) => <span key={m} className="hy-red">缺:{m}</span>)}
      <div className="hy-card">
        <RowsTable label={c.title} rows={c.lines.map((l, i) => ({ ...l, id: String(i) }))} row_key="id" empty="这段时间没有记录" columns={c.columns.map((title, i) => ({ key: `c${i}`, title, width: i === 1 ? 220 : 150, show: (l: Chapter['lines'][number] & { id: string }) => { const text = l.cells[i] || '—'; const to = i === 0 ? open(l) : null; return to ? <Go to={to}>{text}</Go> : <span className={l.bad ? 'hy-red' : ''}>{text}</span> } }))} />
        {c.total > c.lines.length ? <p className="hy-muted">共 {c.total} 条,这里列出前 {c.lines.length} 条</p> : null}
      </div>
    </div>
  )
}
function Parts({ parts, edit }: { parts: readonly Part[]; edit: ((row: Part) => void) | undefined }) {
  return <div className="hy-card"><RowsTable label="重点部位" rows={parts} row_key="part_id" empty="还没有登记重点部位" columns={[{ key: 'name', title: '重点部位', width: 140 }, { key: 'place', title: '位置', width: 150 }, { key: 'keeper', title: '责任人', width: 90 }, { key: 'measures', title: '防火措施', width: 240 }, { key: 'retired', title: '状态', width: 90, show: (r) => (r.retired ? '不再是重点' : '在册') }, ...(edit ? [{ key: 'act', title: '操作', width: 80, show: (r: Part) => <Button size="small" onClick={() => edit(r)}>修改</Button> }] : [])]} /></div>
}
