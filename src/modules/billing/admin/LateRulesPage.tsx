// 违约金规则: rate, grace, cap as agreed in the contract, by version; and the holidays that move a last day.
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { billing, type LateRuleRow } from '../contract.ts'
import { words } from '../words.ts'
import { LateTrial } from './LateTrial.tsx'
import { rate, thisMonth } from './shown.tsx'

const STATES = { now: '执行中', future: '未生效', replaced: '已由新规则取代', past: '已失效' }
/** 0.0005 → 0.05% */
const dailyPercent = (text: string): string => {
  const [, part = ''] = text.split('.')
  const digits = part.padEnd(2, '0')
  return `${String(Number(digits.slice(0, 2)))}${digits.length > 2 ? `.${digits.slice(2)}` : ''}%`
}

export default function LateRulesPage() {
  const { place_id } = usePlace()
  const writes = useMay()('billing.late_rule.write')
  const rules = useRead(billing.lateRules, place_id ? { community_id: place_id } : {})
  const items = useRead(billing.feeItems, place_id ? { community_id: place_id } : {}, { enabled: place_id !== undefined })
  const save = useWrite(billing.saveLateRule, { in_form: true, done: '已保存' })
  const end = useWrite(billing.endLateRule, { in_form: true, done: '已停用' })
  const [open, setOpen] = useState(false)
  const [ending, setEnding] = useState<LateRuleRow>()
  return (
    <ReadPage title="违约金规则" loading={rules.loading} error={rules.error} retry={rules.retry} actions={writes ? <PlaceButton type="primary" onPlace={() => setOpen(true)}>新增规则</PlaceButton> : null}>
      <div className="hy-stack">
        <RowsTable
          label="违约金规则" rows={rules.data?.rows ?? []} row_key="rule_id" empty="没有规则,不计违约金"
          columns={[
            { key: 'fee_items', title: '适用收费项目', width: 200, show: (r) => r.fee_items.map((i) => i.name).join('、') },
            { key: 'community_name', title: '小区', width: 110 },
            { key: 'daily_rate', title: '日利率', width: 90, align: 'right', show: (r) => dailyPercent(r.daily_rate) },
            { key: 'grace_days', title: '宽限', width: 70, show: (r) => `${r.grace_days} 天` },
            { key: 'counts_from', title: '起算', width: 170, show: (r) => words.states?.['counts_from']?.[r.counts_from] },
            { key: 'cap_bp', title: '上限', width: 160, show: (r) => [r.cap_bp === null ? null : `本金的 ${rate(r.cap_bp)}`, r.lpr_rate ? `LPR ${dailyPercent(r.lpr_rate)} 的 ${r.lpr_multiple ?? ''} 倍` : null].filter(Boolean).join(',') || '—' },
            { key: 'paid_day', title: '缴纳当日', width: 150, show: (r) => words.states?.['paid_day']?.[r.paid_day] },
            { key: 'shift', title: '休息日顺延', width: 90 },
            { key: 'from_on', title: '起', width: 100 },
            { key: 'to_on', title: '止(不含)', width: 100, show: (r) => r.to_on ?? '—' },
            { key: 'basis', title: '依据', width: 170 },
            { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={STATES} tones={{ now: 'good', future: 'warn' }} /> },
            { key: 'act', title: '操作', width: 80, show: (r) => (writes && !r.to_on ? <Button size="small" onClick={() => setEnding(r)}>停用</Button> : null) },
          ]}
        />
        <DaysOff days={rules.data?.days_off ?? []} writes={writes} />
      </div>
      {open && place_id ? (
        <FormDrawer
          open call={billing.saveLateRule} title="新增违约金规则" onClose={() => { setOpen(false); save.reset() }} loading={save.running} submitError={save.error} fixed={{ community_id: place_id }} initial={{ grace_days: 0, counts_from: 'grace', shift: false, paid_day: 'counts' }} words={{ counts_from: words.states?.['counts_from'], paid_day: words.states?.['paid_day'] }}
          fields={['from_on', { name: 'fee_item_ids', kind: 'many', options: (items.data?.rows ?? []).map((i) => ({ value: i.fee_item_id, label: i.name })) }, { name: 'daily_rate', placeholder: '0.0005', help: '万分之五填 0.0005' }, { name: 'grace_days', suffix: '天' }, 'counts_from', { name: 'cap_bp', label: '上限:本金的百分之几', kind: 'whole', suffix: '%', send: (v) => (typeof v === 'number' ? v * 100 : v) }, { name: 'lpr_rate', placeholder: '0.03', help: '一年期 LPR,3% 填 0.03;与倍数一起填' }, { name: 'lpr_multiple', placeholder: '1.3' }, { name: 'paid_day', help: '合同写「自逾期之日起至实际缴纳之日止」的,选仍计' }, 'shift', 'basis']}
          onSubmit={async (input) => { if (await save.run(input)) setOpen(false) }}
        ><LateTrial community_id={place_id} /></FormDrawer>
      ) : null}
      {ending ? <FormModal open call={billing.endLateRule} title="停用规则" submit="停用" onClose={() => { setEnding(undefined); end.reset() }} fields={['to_on']} fixed={{ rule_id: ending.rule_id }} loading={end.running} submitError={end.error} onSubmit={async (input) => { if (await end.run(input)) setEnding(undefined) }} /> : null}
    </ReadPage>
  )
}

const listOf = (text: string): string[] => [...new Set(text.split(/[\s,,、;]+/).filter(Boolean))]
function DaysOff({ days, writes }: { days: readonly { day_on: string; works: boolean }[]; writes: boolean }) {
  const [year, setYear] = useState(thisMonth().slice(0, 4))
  const of = (works: boolean) => days.filter((d) => d.works === works && d.day_on.startsWith(`${year}-`)).map((d) => d.day_on).join(' ')
  const [off, setOff] = useState<string>()
  const [works, setWorks] = useState<string>()
  const save = useWrite(billing.saveDaysOff, { done: (a) => `已保存 ${a.count} 天` })
  const turn = (y: string) => { setYear(y); setOff(undefined); setWorks(undefined) }
  return (
    <section className="hy-card hy-stack" aria-label="节假日安排">
      <div className="hy-line"><h2>节假日安排</h2><label className="hy-line">年份 <Input aria-label="年份" style={{ width: 90 }} value={year} maxLength={4} onChange={(e) => turn(e.target.value.replace(/\D/g, ''))} /></label><span className="hy-muted">用于「休息日顺延」;周六、周日默认休息</span></div>
      <label>放假的日子<Input.TextArea aria-label="放假的日子" disabled={!writes} placeholder={`${year}-01-01 ${year}-05-01`} autoSize={{ minRows: 1, maxRows: 4 }} value={off ?? of(false)} onChange={(e) => setOff(e.target.value)} /></label>
      <label>调休上班的周末<Input.TextArea aria-label="调休上班的周末" disabled={!writes} autoSize={{ minRows: 1, maxRows: 4 }} value={works ?? of(true)} onChange={(e) => setWorks(e.target.value)} /></label>
      {writes ? <div><Button loading={save.running} disabled={year.length !== 4 || (off === undefined && works === undefined)} onClick={() => void save.run({ year: Number(year), off: listOf(off ?? of(false)), works: listOf(works ?? of(true)) })}>保存节假日</Button></div> : null}
    </section>
  )
}
