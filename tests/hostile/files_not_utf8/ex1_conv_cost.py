# -*- coding: utf-7 -*-
name = 'ÿþ'
