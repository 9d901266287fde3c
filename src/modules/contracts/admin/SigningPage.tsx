// 签约率: which communities have each disclosed contract in force, and how far signing house by house has come.
import { Progress } from 'antd'
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { ExcelButton } from '../../../ui/bits.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { contracts, type RateRow } from '../contract.ts'
import { rateText } from '../shown.ts'

export default function SigningPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const asked = place_id ? { community_id: place_id } : {}
  const q = useRead(contracts.rates, asked)
  return (
    <ReadPage title="签约率" loading={q.loading} error={q.error} retry={q.retry} actions={<>{may('contracts.contract.export') ? <ExcelButton call={contracts.ratesExcel} input={asked} /> : null}{may('contracts.signature.write') && may('system.import.use') ? <Go to="/system/imports/new?kind=contracts.signatures">导入已签名单</Go> : null}</>}>
      <div className="hy-card hy-stack">
        <h2 className="hy-h2">小区签订情况</h2>
        <RowsTable cards label="小区签订情况" rows={q.data?.coverage ?? []} row_key="kind_id" empty="没有要向业主公示的合同种类" columns={[
          { key: 'name', title: '合同', width: 160 }, { key: 'covered_count', title: '有效', width: 90, align: 'left', show: (r) => `${r.covered_count} / ${r.community_count} 个小区` },
          { key: 'rate', title: '签订率', width: 190, show: (r) => { const bp = r.community_count === 0 ? null : Math.floor((r.covered_count * 10_000) / r.community_count); return <span className="hy-line"><span>{rateText(bp)}</span><span style={{ width: 100 }}><Progress percent={Math.floor((bp ?? 0) / 100)} size="small" showInfo={false} aria-label={`${r.name}签订率`} /></span></span> } }, { key: 'missing', title: '没有的小区', width: 360, show: (r) => r.missing.join('、') || '—' },
        ]} />
      </div>
      <div className="hy-card hy-stack">
        <h2 className="hy-h2">逐户签署</h2>
        <RowsTable<RateRow> cards label="逐户签署" rows={q.data?.rows ?? []} row_key="contract_id" empty="没有生效的逐户签署合同" columns={[
          { key: 'title', title: '名称', width: 230, show: (r) => <Go to={`/contracts/list/${r.contract_id}?tab=signing`}>{r.title}</Go> }, { key: 'kind_name', title: '种类', width: 130 }, { key: 'community_name', title: '小区', width: 110 }, { key: 'house_count', title: '应签户数', width: 90 }, { key: 'signed_count', title: '已签', width: 75 },
          { key: 'unsigned_count', title: '未签', width: 90, show: (r) => (r.unsigned_count > 0 ? <Go to={`/contracts/list/${r.contract_id}?tab=signing&state=unsigned`}>{r.unsigned_count}</Go> : '0') }, { key: 'rate', title: '签约率', width: 190, show: (r) => <span className="hy-line"><strong>{rateText(r.rate_bp)}</strong><span style={{ width: 100 }}><Progress percent={Math.floor((r.rate_bp ?? 0) / 100)} size="small" showInfo={false} aria-label={`${r.title}签约率`} /></span></span> },
        ]} />
      </div>
    </ReadPage>
  )
}
