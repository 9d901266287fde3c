import { useMemo } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useParam, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { Chart } from '../../../ui/Chart.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { MonthInput } from '../../../ui/dates.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { usePlace } from '../../../ui/session.ts'
import { meters, type BalanceRow } from '../contract.ts'
import { words } from '../words.ts'
import { plotted, say, short } from './shared.tsx'

const TONES = { good: 'good', over: 'bad', negative: 'bad', incomplete: 'warn' } as const
const percent = (bp: number | null): string => (bp === null ? '—' : `${short(String(bp / 100))}%`)

export default function BalancePage() {
  const { place_id } = usePlace()
  const [search] = useSearchState()
  const period = search['period'] ?? today().slice(0, 7)
  const filters = useMemo((): readonly Filter[] => [{ kind: 'month', name: 'period', label: '账期' }, { kind: 'select', name: 'kind', label: '表种', options: optionsOf(words.states?.['meter_kind']) }, { kind: 'select', name: 'only', label: '只看', options: [{ value: 'alarm', label: '超限或为负' }, { value: 'missing', label: '读数不全' }] }], [])
  const list = useList(meters.balance, { filters, fixed: { period, ...(place_id ? { community_id: place_id } : {}) } })
  const columns: readonly Column<BalanceRow>[] = [
    { key: 'name', title: '总表', width: 180, always: true },
    { key: 'community_name', title: '小区', width: 110 },
    { key: 'kind', title: '表种', width: 75, show: (r) => say('meter_kind', r.kind) },
    { key: 'parent_name', title: '上级总表', width: 130 },
    { key: 'main_usage', title: '总表用量', width: 105, align: 'right', show: (r) => short(r.main_usage) },
    { key: 'sub_usage', title: '分表合计', width: 105, align: 'right', show: (r) => short(r.sub_usage) },
    { key: 'loss', title: '差额', width: 95, align: 'right', show: (r) => short(r.loss) },
    { key: 'loss_bp', title: '损耗率', width: 85, align: 'right', show: (r) => <span className={r.verdict === 'over' || r.verdict === 'negative' ? 'hy-red hy-strong' : ''}>{percent(r.loss_bp)}</span> },
    { key: 'limit_bp', title: '上限', width: 75, align: 'right', show: (r) => percent(r.limit_bp) },
    { key: 'sub_count', title: '分表', width: 65 },
    { key: 'missing_count', title: '缺读数', width: 75 },
    { key: 'estimate_count', title: '估抄', width: 65 },
    { key: 'verdict', title: '结论', width: 110, show: (r) => <StateTag value={r.verdict} words={words.states?.['balance']} tones={TONES} /> },
  ]
  return <ListPage {...list} title="总分表平衡" name="meters.balance" columns={columns} row_key="point_id" href={(r) => `/meters/balance/${r.point_id}?period=${period}`} excel={meters.balanceExcel} note={<div className="hy-line"><strong>{period}</strong>{list.data?.alarm_count ? <span className="hy-red">{list.data.alarm_count} 块总表超限或为负</span> : <span className="hy-muted">没有超限的总表</span>}{list.data?.incomplete_count ? <span className="hy-muted">{list.data.incomplete_count} 块缺读数,补抄后才能判断</span> : null}</div>} empty={{ text: '没有总表:在表计里新增总表,并把分表的「上级总表」指向它' }} />
}

export function BalanceOfPage() {
  const point_id = useParam('point_id')
  const [search, setSearch] = useSearchState()
  const period = search['period'] ?? today().slice(0, 7)
  const list = useList(meters.balanceOf, { fixed: { point_id, period }, page_size: 50 })
  const whole = useRead(meters.balanceOf, { point_id, period, page: 1, page_size: 1 }, { keep: true })
  const m = whole.data?.main
  const unit = words.states!['unit']![m?.kind ?? ''] ?? ''
  return (
    <DetailPage
      title={m ? `${m.name} ${period}` : '总表与分表'} loading={whole.loading} error={whole.error} retry={whole.retry} back={`/meters/balance?period=${period}`}
      tags={m ? <StateTag value={m.verdict} words={words.states?.['balance']} tones={TONES} /> : null} actions={<MonthInput value={period} onChange={(v) => setSearch({ period: (v as string | null) ?? undefined, page: undefined })} />}
      facts={m ? [['表号', <Go key="m" to={`/meters/meters/${m.meter_id}`}>{m.no}</Go>], ['总表用量', `${short(m.main_usage)} ${unit}`], ['分表合计', `${short(m.sub_usage)} ${unit}`], ['差额', `${short(m.loss)} ${unit}`], ['损耗率', `${percent(m.loss_bp)}(上限 ${percent(m.limit_bp)})`], ['缺读数', `${m.missing_count} 块`]] : []}
    >
      {whole.data && whole.data.months.length > 1 ? <div className="hy-card"><Chart label={`总表与分表用量(${unit})`} x={whole.data.months.map((x) => x.period)} height={240} series={[{ name: '总表', kind: 'bar', values: whole.data.months.map((x) => plotted(x.main_usage ?? '0')) }, { name: '分表合计', kind: 'bar', values: whole.data.months.map((x) => plotted(x.sub_usage)) }]} /></div> : null}
      <div className="hy-card">
        <ListPage
          {...list} inside title="分表" name="meters.balance_parts" row_key="point_id" empty={{ text: '本期没有分表' }}
          columns={[
            { key: 'name', title: '分表', width: 170, always: true, show: (r) => (r.child_count ? <Go to={`/meters/balance/${r.point_id}?period=${period}`}>{r.name}</Go> : <Go to={`/meters/meters/${r.meter_id}`}>{r.name}</Go>) }, { key: 'building_name', title: '楼栋', width: 100 }, { key: 'no', title: '表号', width: 150 }, { key: 'usage', title: `用量(${unit})`, width: 120, align: 'right', show: (r) => short(r.usage) }, { key: 'share_bp', title: '占总表', width: 90, align: 'right', show: (r) => percent(r.share_bp) },
            { key: 'state', title: '读数', width: 110, show: (r) => (r.state === 'missing' ? <span className="hy-red">缺读数</span> : r.state === 'suspect' ? <span className="hy-red">存疑</span> : r.estimated ? '估抄' : '正常') }, { key: 'child_count', title: '下级分表', width: 90, show: (r) => r.child_count || '—' },
          ]}
        />
      </div>
    </DetailPage>
  )
}
