// 小区监管档案: who manages it from when, its indicators with where each comes from, what surveys and reports said.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { area, count, instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { useMay } from '../../../ui/session.ts'
import { HAND_CODES, supervision, type Fact, type FirmRow, type PlaceFull, type Tenure } from '../contract.ts'
import { words } from '../words.ts'
import { PlaceDrawer } from './PlacesPage.tsx'
import { ReportsTable } from './ReportsTable.tsx'
import { AnswerTag, ManagedTag, said } from './tones.tsx'

const HAND: readonly string[] = HAND_CODES
export default function PlacePage() {
  const place_id = useParam('place_id')
  const writes = useMay()('supervision.register.write')
  const q = useRead(supervision.place, { place_id })
  const retire = useWrite(supervision.retirePlace, { in_form: true, done: '已撤销登记' })
  const [open, setOpen] = useState<'edit' | 'retire'>()
  const close = (): void => { setOpen(undefined); retire.reset() }
  const p = q.data
  return (
    <>
      <DetailPage
        title={p?.name ?? '小区监管档案'} loading={q.loading} error={q.error} retry={q.retry} back="/supervision/places" tags={p ? <><ManagedTag value={p.managed_by} />{p.class ? <span className="hy-muted">{p.class}</span> : null}</> : null}
        actions={p && writes ? <><CanButton danger can={p.can.edit} words={words} onClick={() => setOpen('retire')}>撤销登记</CanButton><CanButton type="primary" can={p.can.edit} words={words} onClick={() => setOpen('edit')}>修改</CanButton></> : null}
        facts={p ? [['辖区', p.district_path], ['类型', p.kind], ['地址', p.address], ['建筑面积', p.built_area_m2 ? `${area(p.built_area_m2)} ㎡` : null], ['户数', p.household_count === null ? null : count(p.household_count)], ['楼栋', p.building_count], ['建成年份', p.built_year], ['物业管理条件', p.fit ? '具备' : '不具备'], ['管理单位', p.manager], ['接管期限', p.until_on], ['最近报送', p.reported_on], ['备注', p.note], ...(p.retired ? [['撤销', p.retire_reason] as const] : [])] : []}
        tabs={p ? [
          { key: 'facts', label: '指标', children: () => <FactsTab p={p} writes={writes} /> }, { key: 'tenures', label: '管理与接管', badge: p.tenures.length || undefined, children: () => <TenuresTab p={p} writes={writes} /> }, { key: 'surveyed', label: '排查', badge: p.surveyed.length || undefined, children: () => <SurveyedTab p={p} /> }, { key: 'reports', label: '企业报送', badge: p.reports.length || undefined, children: () => <ReportsTable rows={p.reports} /> }, { key: 'history', label: '指标登记记录', children: () => <HistoryTab p={p} /> },
        ] : []}
      />
      {p && open === 'edit' ? <PlaceDrawer row={p} close={close} /> : null}
      {p && open === 'retire' ? <ReasonModal open title={`撤销 ${p.name} 的登记`} submit="撤销" suggestions={['重复登记', '已拆除', '并入其他小区']} loading={retire.running} submitError={retire.error} onClose={close} onConfirm={async (reason) => { if (await retire.run({ place_id, reason })) close() }} /> : null}
    </>
  )
}
function FactsTab({ p, writes }: { p: PlaceFull; writes: boolean }) {
  const set = useWrite(supervision.setFact, { in_form: true, done: '已登记' })
  const [open, setOpen] = useState<Fact>()
  const close = (): void => { setOpen(undefined); set.reset() }
  return (
    <>
      <RowsTable<Fact> cards label="指标" rows={p.facts} row_key="code" empty="没有指标" columns={[
        { key: 'code', title: '指标', width: 140, show: (f) => said('code', f.code) }, { key: 'answer', title: '情况', width: 90, show: (f) => <AnswerTag value={f.answer} /> }, { key: 'of', title: '分子 / 分母', width: 100, show: (f) => (f.denominator_count === 0 ? '不计入' : `${f.numerator_count} / ${f.denominator_count}`) }, { key: 'said', title: '依据', width: 300 }, { key: 'source', title: '来源', width: 190, show: (f) => (f.source === 'none' ? '—' : `${said('source', f.source)}${f.by_name ? `:${f.by_name}` : ''}`) }, { key: 'at', title: '时间', width: 150, show: (f) => (f.at ? instant(f.at) : '') },
        ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (f: Fact) => (HAND.includes(f.code) ? <CanButton size="small" can={p.can.edit} words={words} onClick={() => setOpen(f)}>登记</CanButton> : null) }] : []),
      ]} />
      {open ? <FormModal open onClose={close} title={`${p.name}:${said('code', open.code)}`} submit="登记" call={supervision.setFact} loading={set.running} submitError={set.error} fixed={{ place_id: p.place_id, code: open.code as 'tender' }} fields={['answer', { name: 'said', help: open.source === 'report' ? '有企业报送时以报送为准,只有「不适用」以主管部门为准' : '如中标通知书号、合同备案号、备案日期' }]} words={{ answer: words.states!['answer']! }} initial={{ answer: open.answer === 'unknown' ? 'yes' : open.answer }} onSubmit={async (i) => { if (await set.run(i)) close() }} /> : null}
    </>
  )
}
function TenuresTab({ p, writes }: { p: PlaceFull; writes: boolean }) {
  const start = useWrite(supervision.startTenure, { in_form: true, done: '已登记' })
  const end = useWrite(supervision.endTenure, { in_form: true, done: '已结束' })
  const [open, setOpen] = useState<Tenure | 'new'>()
  const close = (): void => { setOpen(undefined); start.reset(); end.reset() }
  return (
    <div className="hy-stack">
      {writes ? <div><CanButton can={p.can.hold} words={words} onClick={() => setOpen('new')}>登记管理或接管</CanButton></div> : null}
      <RowsTable<Tenure> cards label="管理与接管" rows={p.tenures} row_key="tenure_id" empty="没有管理单位" columns={[
        { key: 'holder', title: '管理单位', width: 190 }, { key: 'kind', title: '方式', width: 115, show: (t) => <ManagedTag value={t.kind} /> }, { key: 'span', title: '起止', width: 185, show: (t) => `${t.from_on} 至 ${t.to_on ?? '今'}` }, { key: 'until_on', title: '接管期限', width: 155, show: (t) => (t.until_on ? <span className={t.over ? 'hy-red hy-strong' : ''}>{t.until_on}{t.over ? ' 已超期' : ''}</span> : '') }, { key: 'basis', title: '依据', width: 190 }, { key: 'end_reason', title: '结束原因', width: 130 }, { key: 'made_by_name', title: '登记人', width: 85 },
        ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (t: Tenure) => (t.can.end === true ? <Button size="small" onClick={() => setOpen(t)}>结束</Button> : null) }] : []),
      ]} />
      {open === 'new' ? <FormModal open onClose={close} title={`${p.name}:登记管理或接管`} submit="登记" call={supervision.startTenure} loading={start.running} submitError={start.error} fixed={{ place_id: p.place_id }} words={{ kind: words.states!['managed_by']! }} initial={{ kind: p.managed_by === 'none' ? 'office' : 'company', from_on: today() }}
        fields={['kind', { name: 'firm_id', when: (v) => v['kind'] === 'company', control: (c) => <SearchSelect {...c} label="物业企业" placeholder="按名称查找" call={supervision.firms} input={{ retired: false }} option={(f: FirmRow) => ({ value: f.firm_id, label: f.name })} /> }, { name: 'holder', when: (v) => v['kind'] !== 'company', help: '如 首善街道办事处' }, 'from_on', { name: 'until_on', when: (v) => v['kind'] === 'office', help: '含当天;多地规定应急接管不超过 6 个月' }, 'basis']}
        onSubmit={async (i) => { if (await start.run(i)) close() }} /> : null}
      {open && open !== 'new' ? <FormModal open danger onClose={close} title={`结束 ${open.holder} 的管理`} submit="结束" call={supervision.endTenure} loading={end.running} submitError={end.error} fixed={{ tenure_id: open.tenure_id }} fields={['to_on', 'reason']} initial={{ to_on: today() }} onSubmit={async (i) => { if (await end.run(i)) close() }} /> : null}
    </div>
  )
}
function SurveyedTab({ p }: { p: PlaceFull }) {
  return <RowsTable<PlaceFull['surveyed'][number]> cards label="排查" rows={p.surveyed} row_key="surveyed_id" empty="还没有排查过" next={<Go to="/supervision/surveys">小区排查</Go>} columns={[{ key: 'survey_title', title: '排查', width: 200 }, { key: 'on_day', title: '排查日', width: 110 }, { key: 'class', title: '分类', width: 110 }, { key: 'found', title: '情况', width: 360 }, { key: 'made_by_name', title: '登记人', width: 110 }]} />
}
function HistoryTab({ p }: { p: PlaceFull }) {
  return <RowsTable cards label="指标登记记录" rows={p.history.map((h, n) => ({ ...h, key: String(n) }))} row_key="key" empty="主管部门没有登记过指标" columns={[{ key: 'made_at', title: '时间', width: 160, show: (h) => instant(h.made_at) }, { key: 'code', title: '指标', width: 150, show: (h) => said('code', h.code) }, { key: 'answer', title: '情况', width: 100, show: (h) => <AnswerTag value={h.answer} /> }, { key: 'said', title: '依据', width: 360 }, { key: 'made_by_name', title: '登记人', width: 110 }]} />
}
