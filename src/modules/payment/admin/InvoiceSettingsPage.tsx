import { Button, Drawer, Form, Input, Switch, Tag } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { TaxItemRow } from '../contract_invoices.ts'

export default function InvoiceSettingsPage() {
  const may = useMay()
  const { place_id } = usePlace()
  const issuers = useRead(payment.issuers, {})
  const items = useRead(payment.taxItems, place_id ? { community_id: place_id } : {})
  const saveItem = useWrite(payment.saveTaxItem, { in_form: true, done: '已保存' })
  const [item, setItem] = useState<TaxItemRow>()
  const [adding, setAdding] = useState(false)
  const sets = may('payment.invoice.set')
  return (
    <>
      <ReadPage title="开票设置" loading={issuers.loading || items.loading} error={issuers.error ?? items.error} retry={() => { issuers.retry(); items.retry() }} actions={sets ? <Button type="primary" onClick={() => setAdding(true)}>更换开票通道</Button> : null}>
        <div className="hy-stack">
          <RowsTable
            label="开票通道" rows={issuers.data?.rows ?? []} row_key="issuer_id" empty="还没有开票通道,业主暂不能申请开票"
            columns={[
              { key: 'name', title: '名称', width: 180, show: (r) => <span>{r.name} {r.simulated ? <Tag color="warning">模拟</Tag> : null}</span> },
              { key: 'seller_name', title: '销售方', width: 260 },
              { key: 'seller_tax_no', title: '销售方税号', width: 200 },
              { key: 'enabled_at', title: '状态', width: 90, show: (r) => <StateTag value={r.enabled_at ? 'on' : 'off'} words={{ on: '启用', off: '停用' }} tones={{ on: 'good' }} /> },
            ]}
          />
          <h2 style={{ margin: 0 }}>收费项目的税目</h2>
          <RowsTable
            label="收费项目的税目" rows={items.data?.rows ?? []} row_key="fee_item_id" empty="还没有收费项目"
            columns={[
              { key: 'fee_item_name', title: '收费项目', width: 150 },
              { key: 'community_name', title: '小区', width: 140 },
              { key: 'goods_name', title: '开票名称', width: 180, show: (r) => r.goods_name ?? <span className="hy-red">未设置,不能开票</span> },
              { key: 'goods_code', title: '税收分类编码', width: 200 },
              { key: 'tax_rate', title: '税率', width: 90, show: (r) => r.tax_rate?.replace(/0+$/, '').replace(/\.$/, '') ?? '—' },
              { key: 'from_on', title: '生效日', width: 110 },
              { key: 'act', title: '操作', width: 90, show: (r) => (sets ? <Button size="small" onClick={() => setItem(r)}>设置</Button> : null) },
            ]}
          />
        </div>
      </ReadPage>
      <FormDrawer
        key={item?.fee_item_id ?? 'none'} open={item !== undefined} onClose={() => setItem(undefined)} title={`税目:${item?.fee_item_name ?? ''}`} call={payment.saveTaxItem}
        fields={['goods_name', 'goods_code', { name: 'tax_rate', help: '写成小数:6% 写 0.06' }, { name: 'from_on', help: '从这一天收的款起按新税目开票' }]}
        initial={item ? { goods_name: item.goods_name ?? '', goods_code: item.goods_code ?? '', tax_rate: item.tax_rate?.replace(/0+$/, '') ?? '' } : {}} fixed={{ fee_item_id: item?.fee_item_id ?? '' }}
        loading={saveItem.running} submitError={saveItem.error} onSubmit={async (input) => { if (await saveItem.run(input)) setItem(undefined) }}
      />
      {adding ? <IssuerDrawer simulation={issuers.data?.simulation_allowed ?? false} close={() => setAdding(false)} /> : null}
    </>
  )
}

interface Values {
  name: string
  seller_name: string
  seller_tax_no: string
  simulated?: boolean
  base_url: string
  app_key: string
  secret: string
}
function IssuerDrawer({ simulation, close }: { simulation: boolean; close: () => void }) {
  const save = useWrite(payment.saveIssuer, { in_form: true, done: '已保存并启用' })
  const [form] = Form.useForm<Values>()
  const submit = async (v: Values) => {
    if (await save.run({ name: v.name, seller_name: v.seller_name, seller_tax_no: v.seller_tax_no, simulated: v.simulated ?? false, config: { base_url: v.base_url.trim(), app_key: v.app_key.trim(), secret: v.secret.trim() } })) close()
  }
  const text = (name: keyof Values, label: string, secret = false) => <Form.Item name={name} label={label} rules={[{ required: true, message: '必填' }]}>{secret ? <Input.Password autoComplete="off" /> : <Input autoComplete="off" />}</Form.Item>
  return (
    <Drawer open onClose={close} title="更换开票通道" size={480} closable={{ 'aria-label': '关闭' }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={save.running} onClick={() => form.submit()}>保存并启用</Button></div>}>
      <Form form={form} layout="vertical" onFinish={(v) => void submit(v)} initialValues={{ name: '电子发票' }}>
        {save.error ? <p role="alert" className="hy-red">{save.error.message}</p> : null}
        {text('name', '名称')}
        {simulation ? <Form.Item name="simulated" label="模拟通道(仅样例环境)" valuePropName="checked"><Switch /></Form.Item> : null}
        {text('seller_name', '销售方名称')}
        {text('seller_tax_no', '销售方纳税人识别号')}
        {text('base_url', '接口地址')}
        {text('app_key', '应用标识')}
        {text('secret', '密钥', true)}
      </Form>
    </Drawer>
  )
}
