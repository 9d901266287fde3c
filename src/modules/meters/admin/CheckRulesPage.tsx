import { Button, InputNumber } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { meters } from '../contract.ts'
import { words } from '../words.ts'
import { say, short } from './shared.tsx'

const percent = (bp: number): string => `${short(String(bp / 100))}%`

export default function CheckRulesPage() {
  const { place_id, places } = usePlace()
  const may = useMay()
  const r = useRead(meters.checkRules, place_id ? { community_id: place_id } : {})
  const save = useWrite(meters.saveCheckRule, { in_form: true, done: '已保存' })
  const [open, setOpen] = useState(false)
  const f = r.data?.fallback
  return (
    <ReadPage title="核查规则" loading={r.loading} error={r.error} retry={r.retry} actions={may('meters.rule.write') ? <Button type="primary" onClick={() => setOpen(true)}>新增规则版本</Button> : null} note={f ? <p className="hy-muted">没有规则的小区和表种按:超过近 {f.mean_of} 期平均的 {f.high_factor} 倍存疑,连续 {f.zero_periods} 期零用量提示,连续两期超过平时 {f.leak_factor} 倍提示疑似漏水,超过去年同月 {f.doubled_factor} 倍提示,总分表损耗上限 {percent(f.loss_limit_bp)}。</p> : null}>
      <div className="hy-card">
        <RowsTable
          label="核查规则" rows={r.data?.rows ?? []} row_key="rule_id" empty="还没有自定的规则,按默认规则核查"
          columns={[
            { key: 'community_name', title: '小区', width: 130, show: (x) => x.community_name ?? '全公司' }, { key: 'kind', title: '表种', width: 80, show: (x) => say('meter_kind', x.kind) }, { key: 'from_on', title: '生效日', width: 110 },
            { key: 'high_factor', title: '存疑', width: 190, show: (x) => `超过近 ${x.mean_of} 期平均 ${x.high_factor} 倍` }, { key: 'high_over', title: '免查用量', width: 90, align: 'right' }, { key: 'max_per_day', title: '日最大用量', width: 100, align: 'right', show: (x) => x.max_per_day ?? '—' },
            { key: 'zero_periods', title: '零用量提示', width: 100, show: (x) => `${x.zero_periods} 期` }, { key: 'leak_factor', title: '漏水提示', width: 90, show: (x) => `${x.leak_factor} 倍` }, { key: 'doubled_factor', title: '同比提示', width: 90, show: (x) => `${x.doubled_factor} 倍` }, { key: 'loss_limit_bp', title: '损耗上限', width: 90, show: (x) => percent(x.loss_limit_bp) }, { key: 'created_by_name', title: '录入人', width: 90 }, { key: 'created_at', title: '录入时间', width: 150, show: (x) => instant(x.created_at) },
          ]}
        />
      </div>
      {open ? (
        <FormDrawer
          open onClose={() => setOpen(false)} title="新增规则版本" call={meters.saveCheckRule} loading={save.running} submitError={save.error} columns={2} words={{ kind: words.states?.['meter_kind'] }}
          fields={[
            { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), help: '不选为全公司' }, { name: 'kind', kind: 'select' }, 'from_on', { name: 'high_factor', kind: 'decimal', help: '用量超过平均的多少倍为存疑' }, { name: 'mean_of', help: '平均取最近几个账期' },
            { name: 'high_over', kind: 'decimal', help: '用量不超过此数时不算存疑' }, { name: 'max_per_day', kind: 'decimal', help: '表计每天最多能走多少,如 DN20 水表 5 m³/h;不填不查' }, { name: 'zero_periods', help: '连续几期零用量时提示' }, { name: 'leak_factor', kind: 'decimal', help: '连续两期超过平时的多少倍,提示疑似漏水' }, { name: 'doubled_factor', kind: 'decimal', help: '超过去年同月的多少倍时提示' },
            { name: 'loss_limit_bp', label: '损耗上限(%)', control: (c) => <InputNumber {...(c.id ? { id: c.id } : {})} aria-label="损耗上限(%)" min={0} max={100} precision={2} style={{ width: '100%' }} value={c.value === undefined ? null : (c.value as number) / 100} onChange={(v) => c.onChange?.(v === null ? undefined : Math.round(v * 100))} /> },
          ]}
          initial={{ ...(place_id ? { community_id: place_id } : {}), kind: 'water', from_on: today(), high_factor: f?.high_factor ?? '', ...(f ? { mean_of: f.mean_of, zero_periods: f.zero_periods, leak_factor: f.leak_factor, doubled_factor: f.doubled_factor, loss_limit_bp: f.loss_limit_bp } : {}), high_over: '0' }}
          onSubmit={async (i) => { if (await save.run(i)) setOpen(false) }}
        />
      ) : null}
    </ReadPage>
  )
}
