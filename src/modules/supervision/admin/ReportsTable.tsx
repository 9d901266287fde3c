// Reports as they were sent, for either side: what was said of the community, and each indicator with its numbers and its ground.
import { instant } from '../../../ui/format.ts'
import { Facts } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import type { ReportFact, ReportRow, Reported } from '../contract.ts'
import { AnswerTag, said } from './tones.tsx'

export function FactList({ facts }: { facts: readonly ReportFact[] }) {
  return <RowsTable<ReportFact> cards label="报送指标" rows={[...facts]} row_key="code" empty="没有指标" columns={[{ key: 'code', title: '指标', width: 140, show: (f) => said('code', f.code) }, { key: 'answer', title: '情况', width: 90, show: (f) => <AnswerTag value={f.answer} /> }, { key: 'of', title: '分子 / 分母', width: 100, show: (f) => (f.denominator_count === 0 ? '不计入' : `${f.numerator_count} / ${f.denominator_count}`) }, { key: 'said', title: '依据', width: 420 }]} />
}
export function ReportedFacts({ r }: { r: Reported }) {
  return <Facts facts={[['公司', r.company_name], ['统一社会信用代码', r.credit_code], ['服务电话', r.company_phone], ['小区', r.community_name], ['地址', r.address], ['建筑面积', r.built_area_m2 ? `${r.built_area_m2} ㎡` : null], ['住宅户数', r.household_count], ['楼栋', r.building_count]]} />
}
export function ReportsTable({ rows, empty = '还没有企业报送' }: { rows: readonly ReportRow[]; empty?: string }) {
  return (
    <RowsTable<ReportRow> cards label="报送记录" rows={[...rows]} row_key="report_id" empty={empty} columns={[
      { key: 'report_no', title: '次', width: 50, align: 'left', show: (r) => `第 ${r.report_no} 次` }, { key: 'sent_at', title: '报送时间', width: 150, show: (r) => instant(r.sent_at) }, { key: 'sent_by_name', title: '报送人', width: 90 }, { key: 'household_count', title: '户数', width: 70 },
      { key: 'facts', title: '指标', width: 520, show: (r) => <span className="hy-line" style={{ flexWrap: 'wrap' }}>{r.facts.map((f) => <span key={f.code} title={f.said}>{said('code', f.code).replace(/率$/, '')} <AnswerTag value={f.answer} /></span>)}</span> },
    ]} />
  )
}
