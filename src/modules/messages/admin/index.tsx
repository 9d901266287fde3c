import type { AdminModule } from '../../../ui/module.ts'

export const messagesAdmin: AdminModule = {
  menu: [
    { group: '系统设置', label: '消息模板', path: '/messages/templates', needs: 'messages.template.read', whole: true },
    { group: '系统设置', label: '短信通道', path: '/messages/provider', needs: 'messages.provider.read', whole: true },
    { group: '系统设置', label: '微信公众号', path: '/messages/wechat', needs: 'messages.wechat.read', whole: true },
    { group: '系统设置', label: '短信记录', path: '/messages/deliveries', needs: 'messages.delivery.read', whole: true },
    { group: '系统设置', label: '微信消息记录', path: '/messages/wechat/sends', needs: 'messages.delivery.read', whole: true },
    { group: '系统设置', label: '推送记录', path: '/messages/pushes', needs: 'messages.delivery.read', whole: true },
  ],
  routes: [
    {
      path: '/messages/templates', title: '消息模板', needs: 'messages.template.read', whole: true, page: () => import('./TemplatesPage.tsx'),
      help: ['花括号里的内容发送时换成实际值,只能使用列出的内容。', '短信每 70 字一条,超过后每 67 字一条,按条计费。', '免打扰时段内,不紧急的短信等到时段结束再发;站内消息立即可见。'],
    },
    {
      path: '/messages/provider', title: '短信通道', needs: 'messages.provider.read', whole: true, page: () => import('./ProviderPage.tsx'),
      help: ['密钥加密保存,不再显示;更换时重新填写。', '短信文字以通道审核过的模板为准,系统只提供变量。', '启用前必须填写登录验证码的模板号。'],
    },
    { path: '/messages/deliveries', title: '短信记录', needs: 'messages.delivery.read', whole: true, page: () => import('./DeliveriesPage.tsx'), help: ['短信正文保存 7 天,之后只留记录。', '失败原因是短信通道的答复;号码不对请到业户档案改正。'] },
    {
      path: '/messages/wechat', title: '微信公众号', needs: 'messages.wechat.read', whole: true, page: () => import('./WechatPage.tsx'),
      help: ['AppID 须与微信支付商户号绑定的公众号一致,业主才能在微信里直接付款。', '模板按生效日更换,已发出的不受影响。', '解绑须写原因,业主可随时重新绑定。'],
    },
    { path: '/messages/wechat/sends', title: '微信消息记录', needs: 'messages.delivery.read', whole: true, page: () => import('./WechatSendsPage.tsx'), help: ['「已送达」以微信推送的回执为准,回执原文已验签保存。', '送不到或 30 分钟没有回执的,催缴改用同一步的下一种方式。'] },
    { path: '/messages/pushes', title: '推送记录', needs: 'messages.delivery.read', whole: true, page: () => import('./PushSendsPage.tsx'), help: ['业主与员工在自己手机的「我的 → 消息推送」里开启,退出登录即停。', '「推送服务已收」指浏览器厂商的推送服务已收下,手机何时显示由系统决定。', '锁屏默认只显示有哪类新消息,不显示内容。'] },
    { path: '/messages/inbox', title: '我的消息', page: () => import('./InboxPage.tsx') },
  ],
}
