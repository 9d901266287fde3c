// 预存自动抵扣: what a run would take now, starting one by hand, and every run with its figures.
import { Alert, Button } from 'antd'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Figure, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { count, money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [{ kind: 'days', names: ['from_on', 'to_on'], label: '抵扣日' }]

export default function DeductPage() {
  const { place_id, place_name } = usePlace()
  const may = useMay()
  const list = useList(payment.deductRuns, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <ReadPage title="预存自动抵扣" loading={false} error={null} retry={() => undefined}>
      <div className="hy-stack">
        {may('payment.wallet.deduct') ? place_id ? <Preview key={place_id} community_id={place_id} name={place_name} started={list.retry} /> : <Alert type="info" showIcon title="在右上方选择一个小区,即可试算和发起抵扣。" /> : null}
        <ListPage
          {...list} inside title="抵扣批次" name="payment.deduct_runs" row_key="run_id" excel={may('payment.wallet.export') ? payment.deductRunsExcel : undefined} totals={(d) => ({ bill_count: count(d.bill_count_sum), amount_fen: money(d.amount_fen_sum) })} empty={{ text: '还没有抵扣过' }}
          columns={[
            { key: 'on_day', title: '抵扣日', width: 110, always: true },
            { key: 'community_name', title: '小区', width: 130 },
            { key: 'rule', title: '规则', width: 200, show: (r) => `${words.states?.['deduct_when']?.[String(r.rule['when'])] ?? ''}${r.rule['general_too'] ? '' : ',只用专项'}` },
            { key: 'started_by_name', title: '发起', width: 100 },
            { key: 'started_at', title: '开始时间', width: 150 },
            { key: 'ended_at', title: '结束时间', width: 150 },
            { key: 'house_count', title: '户数', width: 80 },
            { key: 'bill_count', title: '账单数', width: 80 },
            { key: 'amount_fen', title: '抵扣金额', width: 120, show: (r) => <Go to={`/payment/payments?deduct_run_id=${r.run_id}`}>{money(r.amount_fen)}</Go> },
            { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['deduct_run']} tones={{ running: 'busy', done: 'good' }} /> },
          ]}
        />
      </div>
    </ReadPage>
  )
}

function Preview({ community_id, name, started }: { community_id: string; name: string; started: () => void }) {
  const preview = useRead(payment.deductPreview, { community_id }, { stale_ms: 0 })
  const start = useWrite(payment.startDeduct, { done: '已发起,稍后刷新查看结果', in_form: true })
  const d = preview.data
  return (
    <section className="hy-card hy-stack" aria-label="试算">
      {preview.error ? <Alert type="error" showIcon title={preview.error.message} /> : null}
      {d ? (
        <>
          <div className="hy-figures">
            <Figure label={`${name} 现在可抵扣`} value={money(d.amount_fen)} unit="元" />
            <Figure label="户数" value={count(d.house_count)} unit="户" />
            <Figure label="账单" value={count(d.bill_count)} unit="笔" />
          </div>
          {d.rows.length > 0 ? (
            <RowsTable
              label="可抵扣的户" rows={d.rows} row_key="house_id" empty="没有可抵扣的" height={260}
              columns={[{ key: 'house_label', title: '房号', width: 130, show: (r) => <Go to={`/payment/desk?house_id=${r.house_id}`}>{r.house_label}</Go> }, { key: 'bill_count', title: '账单数', width: 80 }, { key: 'amount_fen', title: '抵扣', width: 110 }, { key: 'bound_fen', title: '其中专项', width: 110 }, { key: 'left_fen', title: '抵后余额', width: 110 }, { key: 'working', title: '说明', width: 380 }]}
            />
          ) : null}
          {start.error ? <Alert type="error" showIcon role="alert" title={start.error.message} action={<Go to="/payment/rules">去设定</Go>} /> : null}
          <div><Button type="primary" disabled={d.house_count === 0} loading={start.running} onClick={async () => { if ((await confirm({ title: `抵扣 ${d.house_count} 户?`, content: `共 ${d.bill_count} 笔账单 ${money(d.amount_fen)} 元。抵扣单可以逐户冲销。`, ok: '抵扣' })) && (await start.run({ community_id }))) { preview.retry(); started() } }}>立即抵扣</Button></div>
        </>
      ) : null}
    </section>
  )
}
