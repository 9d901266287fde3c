// 收费模式: 包干制 or 酬金制 by community and date, and the commission of a month.
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { addMonths, today } from '../../../kernel/clock.ts'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { money, yen } from '../../../ui/format.ts'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'

type Row = Out<typeof ledger.feeModels.gives>['rows'][number]
const rule = (r: Row): string => (r.model === 'lump' ? '—' : r.commission_base === 'fixed' ? `每月 ${money(r.commission_fen)} 元` : `${words.states?.['commission_base']?.[r.commission_base ?? '']} × ${r.commission_rate?.replace(/0+$/, '').replace(/\.$/, '')}`)

function CommissionModal({ row, close }: { row: Row; close: () => void }) {
  const may = useMay()
  const [month, setMonth] = useState(addMonths(today().slice(0, 7), -1))
  const figure = useRead(ledger.commission, { community_id: row.community_id, month })
  const take = useWrite(ledger.takeCommission, { done: (a) => `已计提酬金 ${yen(a.amount_fen)}` })
  const d = figure.data
  return (
    <Modal
      open title={`${row.community_name} 酬金`} onCancel={close}
      footer={<div className="hy-form-buttons"><Button onClick={close}>关闭</Button>{may('ledger.model.write') && d && !d.journal_id && d.amount_fen > 0 && month < today().slice(0, 7) ? <Button type="primary" loading={take.running} onClick={() => void take.run({ community_id: row.community_id, month })}>计提 {yen(d.amount_fen)}</Button> : null}</div>}
    >
      <div className="hy-line"><Button aria-label="上月" onClick={() => setMonth(addMonths(month, -1))}>←</Button><strong>{month}</strong><Button aria-label="下月" onClick={() => setMonth(addMonths(month, 1))}>→</Button></div>
      {figure.error ? <ErrorBlock error={figure.error} retry={figure.retry} /> : !d ? <LoadingBlock /> : <Facts facts={[['计算过程', d.explanation], ['酬金', yen(d.amount_fen)], ['状态', d.journal_id ? <Go key="j" to={`/ledger/journals/${d.journal_id}`}>已计提,看凭证</Go> : '未计提']]} />}
    </Modal>
  )
}

export default function ModelsPage() {
  const { place_id, places } = usePlace()
  const may = useMay()
  const list = useRead(ledger.feeModels, place_id ? { community_id: place_id } : {})
  const save = useWrite(ledger.setFeeModel, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState(false)
  const [row, setRow] = useState<Row>()
  const commission = (v: Record<string, unknown>) => v['model'] === 'commission'
  return (
    <>
      <ReadPage title="收费模式" loading={list.loading} error={list.error} retry={list.retry} note={<p className="hy-muted">没有设定的小区按包干制记账。</p>} actions={may('ledger.model.write') ? <Button type="primary" onClick={() => setOpen(true)}>设定收费模式</Button> : null}>
        {list.data ? (
          <RowsTable
            label="收费模式" rows={list.data.rows} row_key="fee_model_id" empty="都按包干制记账"
            columns={[
              { key: 'community_name', title: '小区', width: 150 },
              { key: 'model', title: '模式', width: 100, show: (r) => <StateTag value={r.model} words={words.states?.['model']} tones={{ commission: 'busy' }} /> },
              { key: 'from_on', title: '起', width: 110 },
              { key: 'to_on', title: '止(不含)', width: 110 },
              { key: 'rule', title: '酬金', width: 200, show: rule },
              { key: 'basis', title: '依据', width: 260 },
              { key: 'act', title: '操作', width: 110, show: (r) => (r.model === 'commission' ? <Button size="small" onClick={() => setRow(r)}>酬金计提</Button> : '') },
            ]}
          />
        ) : null}
      </ReadPage>
      {open ? (
        <FormDrawer
          open onClose={() => setOpen(false)} title="设定收费模式" call={ledger.setFeeModel} loading={save.running} submitError={save.error} words={{ model: words.states?.['model'], commission_base: words.states?.['commission_base'] }}
          fields={[
            { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'model', kind: 'select' }, { name: 'from_month', kind: 'month' },
            { name: 'commission_base', kind: 'select', when: commission }, { name: 'commission_rate', kind: 'text', help: '8% 填 0.08', when: (v) => commission(v) && v['commission_base'] !== 'fixed' }, { name: 'commission_fen', when: (v) => commission(v) && v['commission_base'] === 'fixed' },
            'basis',
          ]}
          initial={{ community_id: place_id ?? places[0]?.id ?? '', model: 'commission', from_month: addMonths(today().slice(0, 7), 1) }}
          onSubmit={async (input) => { if (await save.run(input)) setOpen(false) }}
        />
      ) : null}
      {row ? <CommissionModal row={row} close={() => setRow(undefined)} /> : null}
    </>
  )
}
