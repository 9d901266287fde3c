import { Progress } from 'antd'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { Figure } from '../../../ui/bits.tsx'
import { MonthInput } from '../../../ui/dates.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { meters } from '../contract.ts'
import { say } from './shared.tsx'

export default function RoundsPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const period = search['period'] ?? today().slice(0, 7)
  const r = useRead(meters.rounds, { period, ...(place_id ? { community_id: place_id } : {}) })
  const rows = (r.data?.rows ?? []).map((x) => ({ ...x, key: `${x.community_id} ${x.building_id ?? ''} ${x.kind}` }))
  const sum = (of: 'meter_count' | 'read_count' | 'suspect_count' | 'unread_count' | 'estimate_count') => rows.reduce((n, x) => n + x[of], 0)
  const to = (x: (typeof rows)[number], state?: string) => `/meters/readings?period=${period}&kind=${x.kind}${x.building_id ? `&building_id=${x.building_id}` : ''}${state ? `&state=${state}` : ''}`
  const cell = (x: (typeof rows)[number], n: number, state: string) => (n ? <Go to={to(x, state)}>{n}</Go> : '—')
  const left = sum('meter_count') - sum('read_count')
  return (
    <ReadPage title="抄表进度" loading={r.loading} error={r.error} retry={r.retry} actions={<MonthInput value={period} onChange={(v) => setSearch({ period: (v as string | null) ?? undefined })} />}>
      <div className="hy-figures">
        <Figure label="应抄" value={sum('meter_count')} unit="块" to={`/meters/readings?period=${period}`} />
        <Figure label="已抄" value={sum('read_count')} unit="块" compare={sum('meter_count') ? `${Math.floor((sum('read_count') / sum('meter_count')) * 100)}%` : null} to={`/meters/readings?period=${period}&state=done`} />
        <Figure label="未抄" value={left} unit="块" to={`/meters/readings?period=${period}&state=missing`} />
        <Figure label="有未抄原因" value={sum('unread_count')} unit="块" to={`/meters/readings?period=${period}&state=unread`} />
        <Figure label="估抄" value={sum('estimate_count')} unit="块" to={`/meters/readings?period=${period}&state=estimate`} />
        <Figure label="存疑待放行" value={sum('suspect_count')} unit="块" to="/meters/suspects" />
      </div>
      <div className="hy-card">
        <RowsTable
          label="各楼抄表进度" rows={rows} row_key="key" empty="本期没有需要抄的表"
          columns={[
            { key: 'community_name', title: '小区', width: 130 },
            { key: 'building_name', title: '楼栋', width: 110, show: (x) => <Go to={to(x)}>{x.building_name}</Go> },
            { key: 'kind', title: '表种', width: 80, show: (x) => say('meter_kind', x.kind) },
            { key: 'progress', title: '进度', width: 180, show: (x) => <Progress size="small" percent={x.meter_count ? Math.floor((x.read_count / x.meter_count) * 100) : 0} aria-label={`${x.building_name} ${say('meter_kind', x.kind)} 已抄 ${x.read_count} / ${x.meter_count}`} /> },
            { key: 'read_count', title: '已抄', width: 90, show: (x) => `${x.read_count} / ${x.meter_count}` },
            { key: 'left', title: '未抄', width: 70, align: 'right', show: (x) => cell(x, x.meter_count - x.read_count, 'missing') },
            { key: 'unread_count', title: '有原因', width: 75, show: (x) => cell(x, x.unread_count, 'unread') },
            { key: 'estimate_count', title: '估抄', width: 70, show: (x) => cell(x, x.estimate_count, 'estimate') },
            { key: 'suspect_count', title: '存疑', width: 70, show: (x) => cell(x, x.suspect_count, 'suspect') },
            { key: 'last_read_on', title: '最近抄表日', width: 115 },
          ]}
        />
      </div>
    </ReadPage>
  )
}
