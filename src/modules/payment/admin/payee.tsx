// To whom money goes back, and how: the fields every refund asks for.
import { Form, Input, Select } from 'antd'
import type { RefundMethod } from '../contract.ts'
import { words } from '../words.ts'

export interface PayeeValues {
  method: RefundMethod
  payee_name: string
  payee_bank?: string
  payee_account?: string
  reason: string
}
export const payeeOf = (v: PayeeValues) => ({ method: v.method, payee_name: v.payee_name.trim(), reason: v.reason.trim(), ...(v.method === 'transfer' ? { payee_bank: v.payee_bank?.trim() ?? '', payee_account: v.payee_account?.replaceAll(/\s/g, '') ?? '' } : {}) })

export function PayeeFields({ methods }: { methods: readonly RefundMethod[] }) {
  const method = Form.useWatch('method') as RefundMethod | undefined
  return (
    <>
      <Form.Item name="method" label="退款方式" rules={[{ required: true, message: '请选择' }]}><Select options={methods.map((value) => ({ value, label: words.states?.['refund_method']?.[value] ?? value }))} /></Form.Item>
      <Form.Item name="payee_name" label="收款人" rules={[{ required: true, message: '必填' }]}><Input maxLength={40} /></Form.Item>
      {method === 'transfer' ? (
        <>
          <Form.Item name="payee_bank" label="开户行" rules={[{ required: true, message: '必填' }]}><Input maxLength={60} /></Form.Item>
          <Form.Item name="payee_account" label="收款账号" rules={[{ required: true, message: '必填' }]} extra="加密保存,只显示末四位"><Input maxLength={40} inputMode="numeric" autoComplete="off" /></Form.Item>
        </>
      ) : null}
      <Form.Item name="reason" label="退款原因" rules={[{ required: true, min: 2, message: '请写明原因' }]}><Input.TextArea maxLength={200} autoSize={{ minRows: 2, maxRows: 5 }} /></Form.Item>
    </>
  )
}
