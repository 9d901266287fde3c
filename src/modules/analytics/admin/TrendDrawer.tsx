// One indicator over twelve months: drawn, and in figures.
import { Drawer } from 'antd'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { Bars } from '../../../ui/Bars.tsx'
import { count, money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { analytics } from '../contract.ts'
import { specOf, type Indicator } from '../contract_cockpit.ts'
import { howOf, named, valueText } from './indicators.tsx'

const TENTH = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 1 })
const AXIS = { rate: (v: number) => `${TENTH.format(v / 100)}%`, fen: (v: number) => (v === 0 ? '0' : `${TENTH.format(v / 1_000_000)} 万`), count: (v: number) => TENTH.format(v) }
export function TrendDrawer({ code, month, close }: { code: Indicator; month: string; close: () => void }) {
  const { place_id, places } = usePlace()
  const [search] = useSearchState()
  const community_id = place_id ?? search['at']
  const trend = useRead(analytics.trend, { code, month, ...(community_id ? { community_id } : {}) })
  const place = places.find((p) => p.id === community_id)?.name ?? '全部小区'
  const { unit, group } = specOf(code)
  const sum = (v: number) => (group === 'fees' ? money(v) : count(v))
  const months = trend.data?.months ?? []
  return (
    <Drawer open title={`${named(code)} · ${place}`} onClose={close} size={760} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}>
      {trend.error ? <ErrorBlock error={trend.error} retry={trend.retry} /> : trend.loading && !trend.data ? <LoadingBlock rows={6} /> : (
        <div className="hy-stack">
          <p className="hy-muted">{howOf(code)}。</p>
          <Bars label={`${named(code)}近 12 个月`} x={months.map((m) => m.month)} write={(v) => valueText(code, v)} axis={AXIS[unit]} series={[{ name: unit === 'fen' ? '收款' : unit === 'rate' ? '率' : '件数', kind: 'bar', values: months.map((m) => m.value ?? 0), colour: '#0958b3' }]} />
          <RowsTable label="各月" rows={months.toReversed()} row_key="month" empty="没有数据" columns={[
            { key: 'month', title: '月份', width: 90 }, { key: 'value', title: named(code), width: 130, align: 'right', show: (r) => valueText(code, r.value) },
            ...(unit === 'rate' ? [{ key: 'part', title: '分子', width: 130, align: 'right' as const, show: (r: (typeof months)[number]) => sum(r.part) }, { key: 'whole', title: '分母', width: 130, align: 'right' as const, show: (r: (typeof months)[number]) => sum(r.whole ?? 0) }] : []),
          ]} />
        </div>
      )}
    </Drawer>
  )
}
