// Contrast: antd's placeholder (0.25), secondary (0.65/0.45) and disabled texts fall below 4.5:1; these do not on white and on #fafafa.
import type { ThemeConfig } from 'antd'

export const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif'
export const BRAND = '#0958b3'
export const theme: ThemeConfig = {
  token: {
    fontFamily: FONT,
    fontSize: 14,
    borderRadius: 4,
    colorPrimary: BRAND,
    colorInfo: BRAND,
    colorLink: '#0a54a8',
    colorLinkHover: '#063f80',
    colorText: '#1f2329',
    colorTextSecondary: '#4a4f57',
    colorTextTertiary: '#5c626b',
    colorTextQuaternary: '#646a73',
    colorTextDescription: '#5c626b',
    colorTextPlaceholder: '#686e77',
    colorTextDisabled: '#646a73',
    colorIcon: '#5c626b',
    colorError: '#c4181f',
    colorErrorText: '#b3131a',
    colorSuccess: '#18794e',
    colorWarning: '#995000',
    colorSuccessBg: '#e7f6ee',
    colorSuccessBorder: '#9bd3b6',
    colorInfoBg: '#e8f1fc',
    colorInfoBorder: '#a9c8ef',
    colorPrimaryBg: '#e3eefc',
    colorPrimaryBgHover: '#d6e6fa',
    colorWarningBg: '#fff4e3',
    colorWarningBorder: '#f0c58a',
    colorErrorBg: '#fdeeee',
    colorErrorBorder: '#f0b4b6',
    colorBgLayout: '#f3f5f8',
    motionDurationMid: '0.12s',
    motionDurationSlow: '0.16s',
  },
  components: {
    Table: { headerBg: '#f3f5f8', headerColor: '#3a3f47', rowHoverBg: '#f1f6fd', cellPaddingBlockSM: 6, cellPaddingInlineSM: 8 },
    Menu: { itemHeight: 34, itemMarginBlock: 2, itemMarginInline: 6, groupTitleColor: '#5c626b' },
    Form: { itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
    Layout: { headerBg: '#ffffff', headerHeight: 52, siderBg: '#ffffff', bodyBg: '#f3f5f8', headerPadding: '0 12px' },
    Descriptions: { itemPaddingBottom: 8 },
  },
}
