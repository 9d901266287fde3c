// 规则试算: last month's stays under rules that are tried, against those in force; by class, by day, with the stays that differ most.
import { Button, Checkbox, Form } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { asRefused, readNow, useRead, type In, type Refused } from '../../../ui/api.ts'
import { Figure, MoneyText } from '../../../ui/bits.tsx'
import { Chart } from '../../../ui/Chart.tsx'
import { ContractForm } from '../../../ui/ContractForm.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { tariff } from '../../tariff/contract.ts'
import { parking, type LotDetail, type LotRule, type Tried } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { PlateMark } from './parts.tsx'
import { Hours } from './RuleDrawer.tsx'

const DAYS = 30
type Ask = In<typeof parking.tryRule.takes>
const signed = (fen: number): string => `${fen > 0 ? '+' : ''}${yen(fen)}`
export function TryTab({ l, publish }: { l: LotDetail; publish: (tried: Partial<LotRule>) => void }) {
  const [form] = Form.useForm()
  const tariffs = useRead(tariff.tariffs, { community_id: l.community_id }, { stale_ms: 30_000 })
  const [asked, setAsked] = useState<Ask>()
  const [found, setFound] = useState<Tried>()
  const [fault, setFault] = useState<Refused | null>(null)
  const [running, setRunning] = useState(false)
  const r = l.rule
  if (!r) return <p className="hy-muted">还没有规则,先发布一版再试算</p>
  const run = async (input: Ask): Promise<void> => {
    setRunning(true)
    setFault(null)
    try {
      setFound(await readNow(parking.tryRule, input))
      setAsked(input)
    } catch (error) {
      setFault(asRefused(error))
    }
    setRunning(false)
  }
  return (
    <div className="hy-stack">
      <p className="hy-muted">用这几天真实的停车记录,按下面的规则重新放行和计费一遍,与当时的规则比较。只是计算,不改任何记录。</p>
      <ContractForm
        form={form} columns={2} call={parking.tryRule} loading={running} submitError={fault} words={{ overflow: words.states!['overflow'] }}
        fields={[
          'days_from_on', 'days_to_on', { name: 'tariff_id', kind: 'select', options: (tariffs.data?.rows ?? []).map((t) => ({ value: t.tariff_id, label: t.name })), help: '不选为不收临停费' }, { name: 'draft', help: '用价目工坊里还没有发布的草稿', control: (c) => <Checkbox checked={c.value === true} onChange={(e) => c.onChange?.(e.target.checked)}>按草稿算</Checkbox> },
          'capacity', 'reserved', { name: 'closed', wide: true, control: (c) => <Hours {...c} /> }, 'visitors_when_closed', 'full_stop', 'overflow', { name: 'refused_kinds', kind: 'many', options: (['large', 'motorbike', 'new_energy', 'no_plate'] as const).map((v) => ({ value: v, label: said('vehicle', v) })) }, 'no_entry_fen',
        ]}
        fixed={{ lot_id: l.lot_id }}
        initial={{ days_from_on: addDays(today(), -DAYS), days_to_on: addDays(today(), -1), tariff_id: r.tariff_id, draft: false, capacity: r.capacity, reserved: r.reserved, closed: r.closed, visitors_when_closed: r.visitors_when_closed, full_stop: r.full_stop, overflow: r.overflow, refused_kinds: r.refused_kinds, no_entry_fen: r.no_entry_fen }}
        onSubmit={run}
      />
      <div className="hy-line"><Button type="primary" loading={running} onClick={() => form.submit()}>试算</Button>{found && asked ? <Button onClick={() => { const { lot_id: _l, days_from_on: _a, days_to_on: _b, draft: _d, ...rule } = asked; publish(rule as Partial<LotRule>) }}>按这些值发布规则…</Button> : null}</div>
      {found ? <Result t={found} capacity={asked!.capacity} /> : null}
    </div>
  )
}
function Result({ t, capacity }: { t: Tried; capacity: number }) {
  const diff = t.then_fen - t.was_fen
  const percent = t.was_fen > 0 ? `${diff > 0 ? '+' : ''}${((diff / t.was_fen) * 100).toFixed(1)}%` : ''
  return (
    <section className="hy-stack" aria-label="试算结果">
      <div className="hy-figures">
        <Figure label="停车次数" value={t.stay_count} />
        <Figure label="按当时规则" value={yen(t.was_fen)} />
        <Figure label="按试算规则" value={yen(t.then_fen)} />
        <Figure label="差额" value={signed(diff)} compare={percent} />
        <Figure label="最多同时在场" value={t.full_peak} compare={t.full_at ? `${instant(t.full_at)},车位 ${capacity}` : ''} />
      </div>
      {t.unpriced_count > 0 ? <p className="hy-red" role="alert">有 {t.unpriced_count} 次停车价目算不出金额,没有计入</p> : null}
      {t.refused.length > 0 ? <p>按试算规则不放入:{t.refused.map((x) => `${said('why', x.why)} ${x.count} 次`).join('、')}(不放入的不计费)</p> : null}
      <RowsTable label="按类别" rows={t.rows} row_key="class" empty="这几天没有停车记录" columns={[
        { key: 'class', title: '类别', width: 110, show: (x) => said('class', x.class) }, { key: 'stay_count', title: '停车次数', width: 90 }, { key: 'was_fen', title: '按当时规则', width: 110, show: (x) => <MoneyText fen={x.was_fen} /> }, { key: 'then_fen', title: '按试算规则', width: 110, show: (x) => <MoneyText fen={x.then_fen} /> },
        { key: 'diff_fen', title: '差额', width: 110, show: (x) => <span className={x.then_fen > x.was_fen ? 'hy-red' : ''}>{signed(x.then_fen - x.was_fen)}</span> }, { key: 'more_count', title: '变贵', width: 70 }, { key: 'less_count', title: '变便宜', width: 80 }, { key: 'refused_count', title: '不放入', width: 80 }, { key: 'admitted_count', title: '改为放入', width: 90 },
      ]} />
      <Chart label="每天的停车费(元)" x={t.by_day.map((d) => d.on_day.slice(5))} series={[{ name: '按当时规则', kind: 'bar', values: t.by_day.map((d) => d.was_fen / 100) }, { name: '按试算规则', kind: 'bar', values: t.by_day.map((d) => d.then_fen / 100) }]} />
      <RowsTable label="差别最大的停车" rows={t.examples} row_key="stay_id" empty="没有差别" columns={[
        { key: 'plate', title: '车牌', width: 130, show: (x) => <Go to={`/parking/stays/${x.stay_id}`}><PlateMark plate={x.plate} small /></Go> }, { key: 'class', title: '类别', width: 90, show: (x) => said('class', x.class) }, { key: 'entered_at', title: '入场', width: 140, show: (x) => instant(x.entered_at) }, { key: 'left_at', title: '离场', width: 140, show: (x) => instant(x.left_at) },
        { key: 'was_fen', title: '按当时规则', width: 100, show: (x) => <MoneyText fen={x.was_fen} /> }, { key: 'then_fen', title: '按试算规则', width: 140, show: (x) => (x.why ? `不放入:${said('why', x.why)}` : <MoneyText fen={x.then_fen} />) },
      ]} />
    </section>
  )
}
