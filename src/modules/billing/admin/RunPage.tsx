import { Alert, Button, Progress, Tag } from 'antd'
import { lazy, useState } from 'react'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, Figure, MoneyText } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { count, instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { billing } from '../contract.ts'
import { words } from '../words.ts'
import { RunTag, rate } from './shown.tsx'

const LinesTab = lazy(() => import('./RunLines.tsx').then((m) => ({ default: m.LinesTab })))
const OutliersTab = lazy(() => import('./RunLines.tsx').then((m) => ({ default: m.OutliersTab })))
const ExclusionsTab = lazy(() => import('./RunLines.tsx').then((m) => ({ default: m.ExclusionsTab })))

export default function RunPage() {
  const run_id = useParam('run_id')
  const go = useGo()
  const [fast, setFast] = useState(false)
  const run = useRead(billing.run, { run_id }, fast ? { refresh_ms: 1000 } : {})
  const again = useWrite(billing.previewRun, { done: '已重新试算' })
  const publish = useWrite(billing.publishRun, { done: (a) => (a.state === 'published' ? `已发布 ${a.published_count} 条账单` : '正在后台发布') })
  const cancel = useWrite(billing.cancelRun, { done: '已取消' })
  const rest = useWrite(billing.createRun, { done: '已试算尚未出账的部分' })
  const billRest = async (of: { community_id: string; period: string; fee_items: { fee_item_id: string }[] }) => {
    const made = await rest.run({ community_id: of.community_id, period: of.period, fee_item_ids: of.fee_items.map((i) => i.fee_item_id) })
    if (made) go(`/billing/runs/${made.run_id}`)
  }
  const r = run.data
  if ((r?.state === 'publishing') !== fast) setFast(r?.state === 'publishing')
  const p = r?.preview
  // Given up: somebody has to decide how it goes on.
  const broken = r?.state === 'publishing' && r.progress?.error && r.can.publish !== 'billing.run_not_draft'
  const publishNow = async () => {
    if (!r?.input_hash || !p) return
    if (!(await confirm({ title: `发布 ${r.community_name} ${r.period} 的 ${count(p.line_count)} 条账单?`, content: `合计 ${money(p.amount_fen)} 元。发布后业主即可看到并缴费,更正只能作废重出。`, ok: '发布' }))) return
    await publish.run({ run_id, input_hash: r.input_hash })
  }
  return (
    <DetailPage
      title={r ? `${r.community_name} ${r.period} 出账` : '出账批次'} loading={run.loading} error={run.error} retry={run.retry} back="/billing/runs"
      tags={r ? <><RunTag state={r.state} />{r.house_label ? <Tag>单户 {r.house_label}</Tag> : null}</> : null}
      actions={
        r?.state === 'draft' ? (
          <>
            <CanButton can={r.can.cancel} words={words} loading={cancel.running} onClick={async () => { if ((await confirm({ title: '取消这份草稿?', ok: '取消草稿', danger: true })) && (await cancel.run({ run_id }))) go('/billing/runs') }}>取消草稿</CanButton>
            <CanButton can={r.can.change} words={words} loading={again.running} onClick={() => void again.run({ run_id })}>重新试算</CanButton>
            <CanButton type="primary" can={r.can.publish} words={words} loading={publish.running} onClick={() => void publishNow()}>发布</CanButton>
          </>
        ) : broken ? (
          <>
            {r.can.change === true ? <CanButton can={r.can.change} words={words} loading={again.running} onClick={() => void again.run({ run_id })}>重新试算</CanButton> : null}
            <CanButton type="primary" can={r.can.publish} words={words} loading={publish.running} onClick={() => r.input_hash && void publish.run({ run_id, input_hash: r.input_hash })}>继续发布</CanButton>
          </>
        ) : r?.state === 'published' ? <Button onClick={() => go(`/billing/bills?run_id=${run_id}`)}>查看账单</Button> : null
      }
      facts={
        r
          ? [
              ['收费项目', r.fee_items.map((i) => i.name).join('、')],
              ['制单', `${r.created_by_name ?? '—'} ${instant(r.created_at)}`],
              ['发布', r.published_at ? `${r.published_by_name ?? '—'} ${instant(r.published_at)}` : null],
            ]
          : []
      }
      tabs={[
        ...(p ? [{ key: 'items', label: '合计与对比', children: () => <ItemsTab p={p} run_id={run_id} published={r?.state === 'published'} /> }] : []),
        ...(p && r?.state === 'draft' ? [{ key: 'outliers', label: '异常', badge: p.outliers.reduce((n, o) => n + o.count, 0), children: () => <OutliersTab run_id={run_id} kinds={p.outliers} can={r.can.change} /> }] : []),
        { key: 'lines', label: '明细', children: () => <LinesTab run_id={run_id} can={r?.state === 'draft' ? r.can.change : 'billing.run_not_draft'} /> },
        { key: 'exclusions', label: '已排除', badge: r?.excluded_count, children: () => <ExclusionsTab run_id={run_id} can={r?.state === 'draft' ? r.can.change : 'billing.run_not_draft'} /> },
      ]}
    >
      {r?.progress ? (
        <div className="hy-card" role="status">
          <p>{broken ? `已写入 ${count(r.progress.done)} 条,后台发布中断;写入的不会重出,继续发布只补其余部分。` : '正在后台分段发布,可以离开本页。全部写完后业主才看到账单。'}</p>
          <Progress percent={r.progress.total ? Math.floor((r.progress.done * 100) / r.progress.total) : 0} />
          {r.progress.error ? <Alert type="error" showIcon title={r.progress.error} /> : null}
        </div>
      ) : null}
      {r?.left_out.length ? (
        <Alert
          type="warning" showIcon title={`${r.left_out.join('、')} 的资料在试算之后有变动,本批次没有出或没有出全`}
          description="请核对后补出:新草稿只含尚未出账的部分。"
          action={r.state === 'published' ? <Button loading={rest.running} onClick={() => void billRest(r)}>补出</Button> : null}
        />
      ) : null}
      {p ? (
        <div className="hy-figures">
          <Figure label="账单数" value={count(p.line_count)} unit="条" compare={p.existing_count ? `另有 ${count(p.existing_count)} 条已出过账` : null} />
          {p.discount_count ? <Figure label="空置等折扣" value={money(p.discount_fen)} unit="元" compare={`${count(p.discount_count)} 条账单享受折扣`} /> : null}
          <Figure label="合计金额" value={money(p.amount_fen)} unit="元" compare={`试算于 ${instant(p.at)}`} />
          <Figure label="异常" value={count(p.outliers.reduce((n, o) => n + o.count, 0))} unit="条" to={r?.state === 'draft' ? `/billing/runs/${run_id}?tab=outliers` : null} />
        </div>
      ) : null}
    </DetailPage>
  )
}

type P = NonNullable<NonNullable<ReturnType<typeof useRead<typeof billing.run.takes, typeof billing.run.gives>>['data']>['preview']>
function ItemsTab({ p, run_id, published }: { p: P; run_id: string; published: boolean }) {
  const change = (now: number, before: number): string => (before === 0 ? '—' : `${now >= before ? '+' : '-'}${rate(Math.abs(Math.trunc(((now - before) * 10_000) / before)))}`)
  return (
    <RowsTable
      label="合计与对比" rows={p.items} row_key="fee_item_id" empty="没有可出账的项目"
      totals={{ line_count: count(p.line_count), amount_fen: money(p.amount_fen) }}
      columns={[
        { key: 'name', title: '收费项目', width: 150, show: (i) => (published ? <Go to={`/billing/bills?run_id=${run_id}&fee_item_id=${i.fee_item_id}`}>{i.name}</Go> : <Go to={`/billing/runs/${run_id}?tab=lines&fee_item_id=${i.fee_item_id}`}>{i.name}</Go>) },
        { key: 'house_count', title: '户数', width: 90 },
        { key: 'line_count', title: '账单数', width: 90 },
        { key: 'amount_fen', title: '金额', width: 120 },
        { key: 'last_count', title: '上期账单数', width: 100 },
        { key: 'last_fen', title: '上期金额', width: 120 },
        { key: 'diff_fen', title: '增减', width: 120, show: (i) => <MoneyText fen={i.amount_fen - i.last_fen} /> },
        { key: 'diff', title: '增减幅度', width: 100, align: 'right', show: (i) => change(i.amount_fen, i.last_fen) },
        { key: 'existing_count', title: '已出过', width: 90 },
        { key: 'not_due', title: '说明', width: 130, show: (i) => (i.not_due ? '本月不是周期首月' : '') },
      ]}
    />
  )
}
