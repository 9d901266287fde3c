// The one home of toasts and of yes/no questions. `toast.done('已保存')`, `await confirm({...})`.
import { App } from 'antd'
import { useEffect } from 'react'
import { listen, type Refused } from './api.ts'

type Api = ReturnType<typeof App.useApp>
let api: Api | undefined

export const toast = {
  done: (text: string) => void api?.message.success(text),
  info: (text: string) => void api?.message.info(text),
  warn: (text: string) => void api?.message.warning(text),
  refused: (r: Refused) => void api?.message.error({ content: r.message, key: `${r.code}:${r.message}`, duration: 5 }),
}

export interface Question {
  title: string
  content?: React.ReactNode
  ok?: string
  cancel?: string
  danger?: boolean
}
export function confirm(q: Question): Promise<boolean> {
  return new Promise((answer) => {
    if (!api) return answer(false)
    api.modal.confirm({
      title: q.title,
      content: q.content,
      okText: q.ok ?? '确定',
      cancelText: q.cancel ?? '取消',
      okButtonProps: { danger: q.danger ?? false },
      autoFocusButton: q.danger ? 'cancel' : 'ok',
      onOk: () => answer(true),
      onCancel: () => answer(false),
    })
  })
}

/** Put once inside antd's App. */
export function FeedbackHome() {
  const a = App.useApp()
  useEffect(() => {
    api = a
    listen({ refused: toast.refused, done: toast.done })
  }, [a])
  return null
}
