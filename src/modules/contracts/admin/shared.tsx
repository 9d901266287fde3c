// What other pages show of contracts: those of one house, on the page of the house.
import { fileUrl, useRead } from '../../../ui/api.ts'
import { Go } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { contracts } from '../contract.ts'
import { CONTRACT_TONES, spanText } from '../shown.ts'
import { words } from '../words.ts'

export { LadderInput, PaperInput } from './inputs.tsx'

export function HouseContracts({ house_id }: { house_id: string }) {
  const q = useRead(contracts.houseContracts, { house_id })
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  if (!q.data) return <LoadingBlock />
  return (
    <RowsTable
      cards label="合同" rows={q.data.rows} row_key="key" empty="没有合同"
      columns={[
        { key: 'no', title: '合同编号', width: 135, show: (r) => <Go to={`/contracts/list/${r.contract_id}`}>{r.no}</Go> }, { key: 'title', title: '名称', width: 220 }, { key: 'kind_name', title: '种类', width: 130 }, { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states!['contract']} tones={CONTRACT_TONES} /> }, { key: 'span', title: '期限', width: 185, show: spanText },
        { key: 'how', title: '本户', width: 90, show: (r) => <StateTag value={r.how} words={words.states!['how']} tones={{ covers: 'plain', signed: 'good', unsigned: 'warn' }} /> }, { key: 'signed', title: '签署', width: 190, show: (r) => (r.signed_on ? <span className="hy-line">{r.signed_on} {r.signer_name}{r.has_file ? <a href={fileUrl(contracts.signatureFile, { signature_id: r.signature_id! })} target="_blank" rel="noreferrer">签署件</a> : null}</span> : '') },
      ]}
    />
  )
}
