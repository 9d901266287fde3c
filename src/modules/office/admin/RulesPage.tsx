// 制度与 SOP: the register, found by words in the text.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useGo } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { office, type RuleRow } from '../contract.ts'
import { TONES, said } from '../shown.ts'
import { words } from '../words.ts'
import { RuleDrawer } from './RuleDrawer.tsx'

const isLive = (r: RuleRow): boolean => r.state !== 'draft' && r.state !== 'asked'
const COLUMNS: readonly Column<RuleRow>[] = [
  { key: 'title', title: '名称', width: 240, always: true, show: (r) => <div><Go to={`/office/rules/${r.doc_id}`}>{r.title}</Go>{r.excerpt ? <div className="hy-muted" style={{ fontSize: 12, whiteSpace: 'normal' }}>…{r.excerpt}…</div> : null}</div> },
  { key: 'no', title: '编号', width: 85 }, { key: 'class_name', title: '分类', width: 125 }, { key: 'community_name', title: '适用范围', width: 95 },
  { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['rule']} tones={TONES} /> }, { key: 'version_no', title: '版次', width: 75, show: (r) => `第 ${r.version_no} 版` }, { key: 'from_on', title: '生效日', width: 105 },
  { key: 'open_state', title: '在办版本', width: 110, show: (r) => (r.open_state ? `第 ${r.open_no} 版 ${said('rule', r.open_state)}` : '—') },
  { key: 'read_count', title: '已读', width: 80, align: 'right', show: (r) => (isLive(r) ? `${r.read_count} / ${r.reader_count}` : '—') }, { key: 'confirmed_count', title: '已确认', width: 80, align: 'right', show: (r) => (isLive(r) && r.must_confirm ? `${r.confirmed_count} / ${r.reader_count}` : '—') }, { key: 'link_count', title: '用于工作', width: 80, show: (r) => (r.link_count ? `${r.link_count} 项` : '—') },
]
export default function RulesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const go = useGo()
  const [open, setOpen] = useState(false)
  const classes = useRead(office.classes, { with_retired: true }, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '关键词', placeholder: '编号、名称、正文' }, { kind: 'select', name: 'class_id', label: '分类', options: (classes.data?.rows ?? []).map((k) => ({ value: k.class_id, label: k.name })) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['rule']) }], [classes.data])
  const list = useList(office.rules, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const ready = (classes.data?.rows ?? []).some((k) => !k.retired)
  return (
    <>
      <ListPage
        {...list} title="制度与 SOP" name="office.rules" columns={COLUMNS} row_key="doc_id" excel={may('office.rule.export') ? office.rulesExcel : undefined} note={classes.data && !ready ? <NoClasses /> : null}
        actions={may('office.rule.write') && ready ? <Button type="primary" onClick={() => setOpen(true)}>起草制度</Button> : null} empty={{ text: '没有符合条件的制度' }}
      />
      {open ? <RuleDrawer close={(id) => { setOpen(false); if (id) go(`/office/rules/${id}`) }} /> : null}
    </>
  )
}
function NoClasses() {
  const may = useMay()('office.setup.write')
  const add = useWrite(office.addUsualClasses, { done: (a) => `已加入 ${a.count} 个分类` })
  return <div className="hy-card hy-line"><span>还没有制度分类,先定分类才能起草。</span>{may ? <><Button type="primary" loading={add.running} onClick={() => void add.run({})}>加入常用分类</Button><Go to="/office/setup">自己设定</Go></> : <span className="hy-muted">请有「设置制度分类与阅读规则」权限的人设定</span>}</div>
}
